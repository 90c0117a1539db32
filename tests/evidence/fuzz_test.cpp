// Bundles bent at random by a generator that always bends alike. Short by default; ASSAY_FUZZ=1000000 for the long run,
// ASSAY_FUZZ_SEED for another one.
#include <cstdlib>

#include "bundle_fixture.h"
#include "core/random.h"
#include "evidence/dsse.h"
#include "evidence/records.h"

namespace assay::evidence {
namespace {

int rounds(int usual) {
  const char* asked = std::getenv("ASSAY_FUZZ");
  return asked != nullptr ? static_cast<int>(std::strtol(asked, nullptr, 10)) : usual;
}

class Bender {
 public:
  /// A number below `n`, xorshift: the same everywhere.
  std::size_t below(std::size_t n) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return n == 0 ? 0 : static_cast<std::size_t>(state_ % n);
  }
  void bend(std::string& bytes) {
    const std::size_t times = 1 + below(4);
    for (std::size_t i = 0; i < times && !bytes.empty(); ++i) {
      const std::size_t at = below(bytes.size());
      switch (below(7)) {
        case 0:
          bytes[at] = static_cast<char>(below(256));
          break;
        case 1:
          bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
          break;
        case 2:
          bytes.erase(at, 1 + below(40));
          break;
        case 3:
          bytes.insert(at, bytes.substr(below(bytes.size()), below(40)));
          break;
        case 4:
          bytes.resize(at);
          break;
        case 5:
          for (std::size_t k = at; k < std::min(bytes.size(), at + 8); ++k) bytes[k] = '\xff';
          break;
        default:
          std::swap(bytes[at], bytes[below(bytes.size())]);
      }
    }
  }

 private:
  static std::uint64_t seed() {
    const char* asked = std::getenv("ASSAY_FUZZ_SEED");
    return 0x9E3779B97F4A7C15ULL ^ (asked == nullptr ? 0 : std::strtoull(asked, nullptr, 10));
  }
  std::uint64_t state_ = seed();
};

TEST_F(BundleTest, FuzzedBundlesAreRefusedOrTheSame) {
  const auto path = make_bundle("a.assay");
  sign(path);
  const std::string good = slurp(path), target = file("bent.assay");
  Bender bender;
  for (int i = 0; i < rounds(1500); ++i) {
    std::string bytes = good;
    bender.bend(bytes);
    spill(target, bytes);
    const auto v = verify(target);
    ASSERT_TRUE(v.exit_code() == 8 || bytes == good) << "round " << i << "\n" << told(v);
  }
}

TEST_F(BundleTest, FuzzedContentsInASoundZip) {
  const auto path = make_bundle("a.assay");
  sign(path);
  const Files good = unzip(path);
  const std::string target = file("bent.assay");
  Bender bender;
  for (int i = 0; i < rounds(600); ++i) {
    Files files = good;
    auto& [name, text] = files[bender.below(files.size())];
    const std::string before = text;
    bender.bend(text);
    rezip(files, target);
    const auto v = verify(target);
    ASSERT_TRUE(v.exit_code() == 8 || text == before || (name == kAttestationsName && v.exit_code() == 9))
        << "round " << i << " " << name << "\n"
        << told(v);
  }
}

TEST_F(BundleTest, FuzzedParsersNeitherCrashNorAccept) {
  const auto path = make_bundle("a.assay");
  sign(path);
  const std::string manifest = text_in(path, kManifestName), trials = text_in(path, "trials.jsonl"),
                    audit = text_in(path, "audit.jsonl"), lines = text_in(path, kAttestationsName);
  const std::string line = lines.substr(0, lines.find('\n'));
  Bender bender;
  std::string head;
  for (int i = 0; i < rounds(2000); ++i) {
    std::string text = manifest;
    bender.bend(text);
    if (const auto read = manifest_from_json(text); read) {
      EXPECT_EQ(manifest_to_json(*read), text);
    }
    text = trials;
    bender.bend(text);
    // Whole lines cut from the end leave a shorter chain that holds: its head is another, and the manifest knows it.
    if (const auto read = trials_from_lines(text, head); read) {
      EXPECT_TRUE(trials.starts_with(text)) << i;
    }
    text = audit;
    bender.bend(text);
    if (const auto read = audit_from_lines(text); read) {
      EXPECT_EQ(audit_lines(*read), text);
    }
    text = line;
    bender.bend(text);
    if (const auto read = envelope_from_line(text, "line"); read) {
      EXPECT_EQ(to_line(*read), text);
    }
  }
}

}  // namespace
}  // namespace assay::evidence
