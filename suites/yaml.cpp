#include "suites/yaml.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/sha256.h"
#include "suites/yaml_events.h"

namespace assay {

namespace {

Error cannot_read(const std::string& path, Text what, std::string found) {
  return Error{201,
               std::move(what),
               Place{path},
               {"a readable text file", "可读的文本文件"},
               std::move(found),
               {"check the path", "请检查路径"}};
}

Error too_large(const std::string& path, std::size_t cap, const std::string& found) {
  return Error{202,         {"the file is too large", "文件过大"},
               Place{path}, {fmt::format("at most {} bytes", cap), fmt::format("最多 {} 字节", cap)},
               found,       {"this is hardly the file you mean", "请确认是否选错了文件"}};
}

struct Descriptor {
  int fd = -1;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

/// Bytes of the well-formed UTF-8 character at `at`, or 0 (Unicode 15, table 3-7).
std::size_t utf8_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned>(static_cast<unsigned char>(text[i])) : 0u;
  };
  const auto tail = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
    return byte(i) >= low && byte(i) <= high;
  };
  const unsigned lead = byte(at);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return tail(at + 1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const unsigned low = lead == 0xE0 ? 0xA0 : 0x80, high = lead == 0xED ? 0x9F : 0xBF;
    return tail(at + 1, low, high) && tail(at + 2) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const unsigned low = lead == 0xF0 ? 0x90 : 0x80, high = lead == 0xF4 ? 0x8F : 0xBF;
    return tail(at + 1, low, high) && tail(at + 2) && tail(at + 3) ? 4 : 0;
  }
  return 0;
}

/// Drops a byte order mark, makes every line end in LF and checks that the rest is text.
Result<std::string> normalise(std::string_view bytes, const std::string& name) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  std::string text;
  text.reserve(bytes.size());
  int line = 1, column = 1;
  for (std::size_t at = 0; at < bytes.size();) {
    const auto byte = static_cast<unsigned char>(bytes[at]);
    const std::size_t length = utf8_length(bytes, at);
    const bool control = (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7F;
    if (length == 0 || control)
      return Error{203,
                   control ? Text{"a control character that no text has", "出现文本中不应有的控制字符"}
                           : Text{"the file is not UTF-8 text", "文件不是 UTF-8 文本"},
                   Place{name, line, column},
                   {"UTF-8 text", "UTF-8 文本"},
                   fmt::format("0x{:02X}", byte),
                   {"save the file as UTF-8", "请以 UTF-8 编码保存"}};
    if (byte == '\r') {
      if (at + 1 >= bytes.size() || bytes[at + 1] != '\n') {
        text += '\n';
        ++line, column = 1;
      }
    } else {
      text.append(bytes.substr(at, length));
      ++column;
      if (byte == '\n') ++line, column = 1;
    }
    at += length;
  }
  return text;
}

/// The parser's words, in both languages where they are the common ones.
Text syntax_words(const std::string& message) {
  struct Words {
    std::string_view part;
    const char *en, *zh;
  };
  static constexpr Words kWords[] = {
      {"end of map not found", "a map does not end; look at the indentation, or for a missing \"}\"",
       "映射没有结束；请检查缩进或缺少的“}”"},
      {"end of map flow not found", "a map does not end: a \"}\" is missing, here or above", "映射没有结束，缺少“}”"},
      {"end of sequence flow not found", "a list does not end: a \"]\" is missing, here or above",
       "列表没有结束，缺少“]”"},
      {"end of sequence not found", "a list does not end; look at the indentation", "列表没有结束；请检查缩进"},
      {"illegal map value", "no \":\" may stand here; look at the indentation, and quote text that holds a colon",
       "此处不能出现“:”；请检查缩进，含冒号的文本请加引号"},
      {"unknown token", "a character that means nothing here; the text may need quotes",
       "无法识别的字符；该文本可能需要加引号"},
      {"illegal tab", "a tab may not indent", "缩进不能用制表符"},
      {"anchor is not defined", "an anchor (*name) that is not defined", "引用了未定义的锚点"},
      {"illegal flow end", "a \"]\" or \"}\" too many", "多余的“]”或“}”"},
      {"unknown escape character", "an unknown escape in text between double quotes", "双引号文本中有未知的转义字符"},
  };
  for (const auto& words : kWords)
    if (message.find(words.part) != std::string::npos) return {std::string("not valid YAML: ") + words.en, words.zh};
  return {"not valid YAML: " + message, "不是合法的 YAML：" + message};
}

/// What is seen in the text where the parser stumbled and tells more than its words: at its line or the one before.
std::optional<Error> seen_there(std::string_view text, int line, const std::string& name) {
  int at = 0;
  for (std::size_t begin = 0; begin < text.size() && at <= line; ++at) {
    const auto end = std::min(text.find('\n', begin), text.size());
    const auto words = text.substr(begin, end - begin);
    begin = end + 1;
    if (at + 1 < line) continue;
    const auto tab = words.find('\t');
    if (tab != std::string_view::npos && words.find_first_not_of(" \t") > tab)
      return Error{204,
                   {"not valid YAML: a tab may not indent", "不是合法的 YAML：缩进不能用制表符"},
                   Place{name, at + 1, static_cast<int>(tab) + 1},
                   {"spaces", "空格"},
                   "\\t",
                   {"indent with spaces; most editors can be set to", "请用空格缩进；多数编辑器可如此设置"}};
    const auto wide = words.find("：");
    if (wide != std::string_view::npos && words.substr(0, wide).find_first_of("#\"':") == std::string_view::npos) {
      const auto before = words.substr(0, wide);
      const auto characters = std::count_if(before.begin(), before.end(),
                                            [](char c) { return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u; });
      return Error{204,
                   {"not valid YAML: a full-width colon after a key", "不是合法的 YAML：键后用了全角冒号"},
                   Place{name, at + 1, static_cast<int>(characters) + 1},
                   {"\":\" and a space", "半角“:”加空格"},
                   "：",
                   {"write the half-width colon", "请改用半角冒号"}};
    }
  }
  return std::nullopt;
}

}  // namespace

std::string pointer_step(std::string_view key) {
  std::string step;
  for (const char c : key) {
    if (c == '~')
      step += "~0";
    else if (c == '/')
      step += "~1";
    else
      step += c;
  }
  return step;
}

Place YamlFile::place(const std::string& pointer) const {
  for (std::string at = pointer;; at.resize(at.rfind('/'))) {
    if (const auto found = marks.find(at); found != marks.end()) return found->second;
    if (at.rfind('/') == std::string::npos) return Place{path, 1, 1};
  }
}

Result<std::string> read_small_file(const std::string& path, std::size_t bytes) {
  // O_NONBLOCK: opening a FIFO that nobody writes to must not wait.
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
  if (file.fd < 0)
    return cannot_read(path, {"the file cannot be opened", "无法打开文件"}, std::strerror(errno));  // NOLINT
  struct stat info {};
  if (::fstat(file.fd, &info) != 0) return cannot_read(path, {"the file cannot be read", "无法读取文件"}, "fstat");
  if (!S_ISREG(info.st_mode))
    return cannot_read(path, {"this is not a regular file", "这不是普通文件"},
                       S_ISDIR(info.st_mode)    ? "directory"
                       : S_ISFIFO(info.st_mode) ? "FIFO"
                                                : "device or socket");
  if (static_cast<std::uintmax_t>(info.st_size) > bytes)
    return too_large(path, bytes, fmt::format("{} bytes", info.st_size));
  std::string text(static_cast<std::size_t>(info.st_size) + 1, '\0');
  std::size_t filled = 0;
  while (filled < text.size()) {
    const auto got = ::read(file.fd, text.data() + filled, text.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return cannot_read(path, {"the file cannot be read", "无法读取文件"}, std::strerror(errno));  // NOLINT
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  // One byte more than fstat said: the file grows while it is read, and /proc files lie about their size.
  if (filled == text.size()) return too_large(path, bytes, "grows while it is read");
  text.resize(filled);
  return text;
}

Result<YamlFile> parse_yaml(std::string_view text, const std::string& name, const YamlCaps& caps) {
  if (text.size() > caps.bytes) return too_large(name, caps.bytes, fmt::format("{} bytes", text.size()));
  YamlFile file;
  file.path = name;
  file.sha256 = sha256_hex(text);
  ASSAY_TRY(file.text, normalise(text, name));
  YamlBuilder builder(file.text, name, caps);
  try {
    std::istringstream stream(file.text);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (YamlStop& stop) {
    return std::move(stop.error);
  } catch (const YAML::Exception& error) {
    if (auto seen = seen_there(file.text, error.mark.line, name)) return std::move(*seen);
    return Error{204, syntax_words(error.msg), builder.place(error.mark)};
  } catch (const std::exception& error) {
    return Error{204, syntax_words(error.what()), Place{name, 1, 1}};
  }
  if (!builder.seen)
    return Error{204, {"the file is empty", "文件为空"}, Place{name, 1, 1}, {"a YAML map", "YAML 映射"}};
  file.value = std::make_shared<const nlohmann::json>(std::move(builder.value));
  file.marks = std::move(builder.marks);
  file.key_marks = std::move(builder.key_marks);
  file.ambiguous = std::move(builder.ambiguous);
  return file;
}

Result<YamlFile> read_yaml(const std::string& path, const YamlCaps& caps) {
  ASSAY_TRY(const std::string bytes, read_small_file(path, caps.bytes));
  return parse_yaml(bytes, path, caps);
}

}  // namespace assay
