// Makes the comparison tables that are shipped: comparison_tables FOLDER writes FOLDER/<pairing>_<n_max>.json.
#include <cstdio>
#include <fstream>

#include "metrics/statistics/comparison_file.h"

int main(int argc, char** argv) {
  using namespace assay::metrics;  // NOLINT(google-build-using-namespace)
  if (argc != 2) {
    std::fprintf(stderr, "usage: comparison_tables FOLDER\n");
    return 2;
  }
  for (const auto pairing : {Pairing::paired, Pairing::unpaired})
    for (const int n_max : {20, 30, 50, 100, 200}) {
      const auto design = design_comparison({.pairing = pairing, .n_max = n_max});
      if (!design) {
        std::fprintf(stderr, "%s\n", to_string(design.error(), assay::Lang::en).c_str());
        return 1;
      }
      const std::string name =
          std::string(pairing == Pairing::paired ? "paired_" : "unpaired_") + std::to_string(n_max) + ".json";
      std::ofstream(std::string(argv[1]) + "/" + name) << write_comparison(*design);
      std::printf("%s: size at most %.6f, risk %.3f pairs\n", name.c_str(), design->proof.bound, design->risk_n);
    }
}
