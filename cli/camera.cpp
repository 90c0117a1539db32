#include <cstdio>
#include <exception>

#include "adapters/eyes.h"

int main(int argc, char** argv) {
  try {
    return assay::camera_main(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error[ASSAY-0901]: internal error: %s\n", error.what());
    return 3;
  }
}
