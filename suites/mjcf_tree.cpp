// Small helpers over an MJCF element tree.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "suites/mjcf.h"

namespace assay {

using tinyxml2::XMLElement;

Place Mjcf::place(const XMLElement* element) const {
  const auto at = places.find(element);
  return at == places.end() ? Place{path, 0, 0} : at->second;
}

Error mjcf_error(int id, Text what, Place place, std::string found, Text help) {
  Error error;
  error.id = id;
  error.what = std::move(what);
  error.place = std::move(place);
  error.found = std::move(found);
  error.help = std::move(help);
  return error;
}

std::string_view tag_of(const XMLElement* element) { return element->Name(); }

const char* attribute_of(const XMLElement* element, const char* name) { return element->Attribute(name); }

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::string_view context_of(const XMLElement* element) {
  const auto tag = tag_of(element);
  return tag == "worldbody" ? "body" : tag;
}

std::optional<std::vector<double>> parse_numbers(std::string_view text) {
  std::vector<double> values;
  std::size_t at = 0;
  while (true) {
    at = text.find_first_not_of(" \t\r\n", at);
    if (at == std::string_view::npos) break;
    auto end = text.find_first_of(" \t\r\n", at);
    if (end == std::string_view::npos) end = text.size();
    auto token = text.substr(at, end - at);
    if (token.front() == '+') token.remove_prefix(1);
    double value = 0;
    const auto [stop, error] = std::from_chars(token.data(), token.data() + token.size(), value);
    if (error != std::errc{} || stop != token.data() + token.size() || !std::isfinite(value)) return std::nullopt;
    values.push_back(value);
    at = end;
  }
  return values;
}

std::string format_numbers(const std::vector<double>& values) {
  std::string text;
  for (const double value : values) {
    char buffer[40];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
    if (!text.empty()) text += ' ';
    text.append(buffer, end);
  }
  return text;
}

std::vector<XMLElement*> all_elements(XMLElement* element) {
  std::vector<XMLElement*> found{element};
  for (auto* child = element->FirstChildElement(); child; child = child->NextSiblingElement()) {
    const auto below = all_elements(child);
    found.insert(found.end(), below.begin(), below.end());
  }
  return found;
}

XMLElement* copy_into(Mjcf& to, const Mjcf& from, const XMLElement* source, XMLElement* parent) {
  auto* copy = parent->InsertNewChildElement(source->Name());
  for (const auto* a = source->FirstAttribute(); a; a = a->Next()) copy->SetAttribute(a->Name(), a->Value());
  to.places[copy] = from.place(source);
  for (const auto* child = source->FirstChildElement(); child; child = child->NextSiblingElement())
    copy_into(to, from, child, copy);
  return copy;
}

namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const auto above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

}  // namespace

std::string nearest_names(std::string_view word, const std::vector<std::string>& names) {
  word = word.substr(0, 100);
  std::vector<std::pair<std::size_t, std::string>> ranked;
  for (const auto& name : names) {
    const bool contains = !word.empty() && name.size() <= 100 && name.find(word) != std::string::npos;
    const auto distance = contains ? 1 : edit_distance(word, std::string_view(name).substr(0, 100));
    if (distance <= std::max<std::size_t>(2, word.size() / 3)) ranked.emplace_back(distance, name);
  }
  std::sort(ranked.begin(), ranked.end());
  std::string text;
  for (std::size_t i = 0; i < std::min<std::size_t>(3, ranked.size()); ++i) text += (i ? ", " : "") + ranked[i].second;
  return text;
}

Text did_you_mean(std::string_view word, const std::vector<std::string>& names) {
  const auto near = nearest_names(word, names);
  if (near.empty()) return {};
  return {" (did you mean " + near + "?)", "（是否想写 " + near + "？）"};
}

}  // namespace assay
