#include "adapters/recorded/csv.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <sstream>

namespace assay::recorded {
namespace {

constexpr std::size_t kMostRows = 20'000'000, kMostColumns = 2000, kLargestFile = std::size_t{2} << 30;

Error bad_csv(const std::string& file, std::size_t line, std::size_t column, Text expected, const std::string& found) {
  return Error{
      .id = 1265,
      .what = {"the recording cannot be read", "无法读取记录文件"},
      .place = {file, static_cast<int>(line), static_cast<int>(column)},
      .expected = std::move(expected),
      .found = "lab:recording_unreadable " + found.substr(0, 100),
      .help = {"correct the file, or `recorded` in the subject file", "请修改该文件，或受试对象文件中的 `recorded`"}};
}

std::string_view trimmed(std::string_view cell) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!cell.empty() && blank(cell.front())) cell.remove_prefix(1);
  while (!cell.empty() && blank(cell.back())) cell.remove_suffix(1);
  if (cell.size() >= 2 && cell.front() == '"' && cell.back() == '"') cell = cell.substr(1, cell.size() - 2);
  return cell;
}

void split(std::string_view line, char separator, std::vector<std::string_view>& out) {
  out.clear();
  std::size_t from = 0;
  bool quoted = false;
  for (std::size_t i = 0; i <= line.size(); ++i) {
    if (i < line.size() && line[i] == '"') quoted = !quoted;
    if (i < line.size() && (line[i] != separator || quoted)) continue;
    out.push_back(trimmed(line.substr(from, i - from)));
    from = i + 1;
    if (out.size() > kMostColumns) return;
  }
}

bool number(std::string_view cell, double& out) {
  if (!cell.empty() && cell.front() == '+') cell.remove_prefix(1);
  const auto [end, failed] = std::from_chars(cell.data(), cell.data() + cell.size(), out);
  return failed == std::errc() && end == cell.data() + cell.size() && std::isfinite(out);
}

class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {
    if (text_.rfind("\xef\xbb\xbf", 0) == 0) text_.remove_prefix(3);  // what spreadsheets put in front
  }
  /// The next that says something.
  bool next(std::string_view& line) {
    while (!text_.empty()) {
      const auto end = std::min(text_.find('\n'), text_.size());
      line = text_.substr(0, end);
      text_.remove_prefix(std::min(end + 1, text_.size()));
      ++number_;
      const auto said = trimmed(line);
      if (!said.empty() && said.front() != '#') return true;
    }
    return false;
  }
  [[nodiscard]] std::size_t number() const { return number_; }

 private:
  std::string_view text_;
  std::size_t number_ = 0;
};

}  // namespace

Result<Table> read_csv(std::string_view text, char separator, const std::vector<std::string>& wanted,
                       const std::string& file) {
  Lines lines(text);
  std::string_view line;
  if (!lines.next(line)) return bad_csv(file, 1, 1, {"a first line with the columns' names", "首行为列名"}, "nothing");
  std::vector<std::string_view> cells;
  split(line, separator, cells);
  const std::size_t width = cells.size();
  if (width > kMostColumns) return bad_csv(file, lines.number(), 1, {"at most 2000 columns", "最多 2000 列"}, "more");
  std::vector<std::size_t> at;
  for (const auto& name : wanted) {
    const auto found = std::find(cells.begin(), cells.end(), name);
    if (found == cells.end() || std::find(found + 1, cells.end(), name) != cells.end())
      return bad_csv(file, lines.number(), 1, {"one column '" + name + "'", "一列“" + name + "”"},
                     found == cells.end() ? std::string(line) : name + " twice");
    at.push_back(static_cast<std::size_t>(found - cells.begin()));
  }
  Table out;
  out.columns.resize(wanted.size());
  while (lines.next(line)) {
    split(line, separator, cells);
    if (cells.size() != width)
      return bad_csv(
          file, lines.number(), 1,
          {std::to_string(width) + " cells, as the first line has", std::to_string(width) + " 个单元格，与首行一致"},
          std::to_string(cells.size()));
    for (std::size_t k = 0; k < at.size(); ++k) {
      double value = 0;
      if (!number(cells[at[k]], value))
        return bad_csv(file, lines.number(), at[k] + 1,
                       {"a finite number with a decimal point", "以小数点表示的有限数"},
                       wanted[k] + ": " + std::string(cells[at[k]]));
      out.columns[k].push_back(value);
    }
    out.lines.push_back(lines.number());
    if (out.lines.size() > kMostRows)
      return bad_csv(file, lines.number(), 1, {"at most 20 million rows", "最多两千万行"}, "more");
  }
  if (out.lines.empty()) return bad_csv(file, lines.number(), 1, {"at least one row", "至少一行"}, "none");
  return out;
}

Result<Table> load_csv(const std::string& path, char separator, const std::vector<std::string>& wanted) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  const auto size = file ? static_cast<std::int64_t>(file.tellg()) : -1;
  if (size < 0 || static_cast<std::size_t>(size) > kLargestFile)
    return bad_csv(path, 0, 0, {"a file of at most 2 GiB that can be read", "可读且不超过 2 GiB 的文件"},
                   size < 0 ? "no such file" : std::to_string(size) + " bytes");
  std::string text(static_cast<std::size_t>(size), '\0');
  file.seekg(0);
  file.read(text.data(), size);
  return read_csv(text, separator, wanted, path);
}

}  // namespace assay::recorded
