// Files of a test in a folder of its own, removed afterwards; and edits of the catalogue's own files.
#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "core/result.h"

namespace assay::test {

namespace fs = std::filesystem;

inline std::string slurp(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

inline fs::path catalog() { return fs::path(ASSAY_SOURCE_DIR) / "suites" / "catalog"; }

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "assay-suites-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = name;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  std::string write(const std::string& name, const std::string& text) const {
    fs::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << text;
    return (path_ / name).string();
  }
  [[nodiscard]] std::string path(const std::string& name) const { return (path_ / name).string(); }

 private:
  fs::path path_;
};

/// `text` with its first `from` replaced; the test fails loudly if there is none.
inline std::string edited(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  if (at == std::string::npos) throw std::runtime_error("not in the file: " + from);
  return text.replace(at, from.size(), to);
}

/// 1-based line and column of the first `needle`, counted in characters.
inline Place where(const std::string& text, const std::string& needle) {
  const auto at = text.find(needle);
  if (at == std::string::npos) throw std::runtime_error("not in the file: " + needle);
  Place place{"", 1, 1};
  for (std::size_t i = 0; i < at; ++i) {
    if (text[i] == '\n') {
      ++place.line;
      place.column = 1;
    } else if ((static_cast<unsigned char>(text[i]) & 0xC0u) != 0x80u) {
      ++place.column;
    }
  }
  return place;
}

/// "302@4:7": what most tests compare.
inline std::string brief(const Error& error) {
  return std::to_string(error.id) + "@" + std::to_string(error.place.line) + ":" + std::to_string(error.place.column);
}
inline std::string brief(int id, const Place& place) {
  return std::to_string(id) + "@" + std::to_string(place.line) + ":" + std::to_string(place.column);
}
template <class T>
std::string brief(const Result<T>& result) {
  return result.ok() ? "ok" : brief(result.error());
}

}  // namespace assay::test
