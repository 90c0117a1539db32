#include "harness/processor.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

namespace assay::harness {

namespace fs = std::filesystem;

double unserved_s(pid_t process, pid_t thread) {
  std::ifstream file("/proc/" + std::to_string(process) + "/task/" + std::to_string(thread) + "/schedstat");
  std::uint64_t ran_ns = 0, waited_ns = 0;
  return file >> ran_ns >> waited_ns ? static_cast<double>(waited_ns) * 1e-9 : 0;
}

double unserved_s(pid_t process) {
  double most_s = 0;
  std::error_code failed;  // threads come and go; one that went tells nothing
  for (fs::directory_iterator at("/proc/" + std::to_string(process) + "/task", failed), end; !failed && at != end;
       at.increment(failed)) {
    const std::string name = at->path().filename().string();
    pid_t thread = 0;
    std::from_chars(name.data(), name.data() + name.size(), thread);
    most_s = std::max(most_s, unserved_s(process, thread));
  }
  return most_s;
}

}  // namespace assay::harness
