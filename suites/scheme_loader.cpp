// Scheme and subject files → records. check_consistency() holds a scheme against its suites.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "suites/catalog.h"
#include "suites/schema_words.h"
#include "suites/task_reader.h"
#include "suites/yaml.h"

namespace assay {

namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

std::vector<std::pair<std::string, Text>> read_named(const Json& list) {
  std::vector<std::pair<std::string, Text>> out;
  for (const auto& one : list) out.emplace_back(one["id"].get<std::string>(), read_text(one["title"]));
  return out;
}

SchemeIndicator read_indicator(const Json& value) {
  SchemeIndicator out;
  out.id = value["id"].get<std::string>();
  out.dimension = value["dimension"].get<std::string>();
  out.level = value["level"].get<int>();
  out.task = value["task"].get<std::string>();
  out.check = value.value("check", "");
  out.statistic = value.value("statistic", out.statistic);
  out.limit = value["limit"].get<double>();
  out.design = value["design"].get<double>();
  out.vantage = value.value("vantage", out.vantage);
  out.clause = value.value("clause", "");
  out.title = read_text(value["title"]);
  out.scopes = value.value("scopes", std::vector<std::string>{});
  return out;
}

SchemeGate read_gate(const Json& value) {
  SchemeGate out;
  out.id = value["id"].get<std::string>();
  out.title = read_text(value["title"]);
  out.event = value["event"].get<std::string>();
  out.limit = value["limit"].get<double>();
  out.confidence = value["confidence"].get<double>();
  out.clause = value.value("clause", "");
  return out;
}

Scheme read_scheme(const Json& value) {
  Scheme out;
  out.id = value["id"].get<std::string>();
  out.version = value["version"].get<std::string>();
  out.title = read_text(value["title"]);
  out.notice = read_text(value["notice"]);
  out.dimensions = read_named(value["dimensions"]);
  for (const auto& one : value["levels"]) out.levels.emplace_back(one["level"].get<int>(), read_text(one["title"]));
  out.classes = read_named(value["classes"]);
  for (const auto& one : value["scopes"])
    out.scopes.push_back({one["id"].get<std::string>(), read_text(one["title"]),
                          one["tasks"].get<std::vector<std::string>>(),
                          one["classes"].get<std::vector<std::string>>()});
  for (const auto& one : value["indicators"]) out.indicators.push_back(read_indicator(one));
  for (const auto& one : value["gates"]) out.gates.push_back(read_gate(one));
  out.aggregation = value["aggregation"].get<std::string>();
  out.alpha = value["alpha"].get<double>();
  out.beta = value["beta"].get<double>();
  out.void_cap = value.value("void_cap", out.void_cap);
  out.cap = value.value("cap", out.cap);
  return out;
}

/// Names that a scheme gives to its own parts: what refers must be there, once.
class SchemeChecker {
 public:
  SchemeChecker(const YamlFile& file, const Scheme& scheme) : file_(file), scheme_(scheme) {
    for (const auto& [id, unused] : scheme.dimensions) dimensions_.push_back(id);
    for (const auto& [level, unused] : scheme.levels) levels_.push_back(std::to_string(level));
    for (const auto& [id, unused] : scheme.classes) classes_.push_back(id);
    for (const auto& scope : scheme.scopes) scopes_.push_back(scope.id);
  }

  Result<void> check() const {
    ASSAY_RETURN_IF_ERROR(check_unique());
    for (std::size_t i = 1; i < scheme_.levels.size(); ++i)
      if (scheme_.levels[i].first <= scheme_.levels[i - 1].first)
        return rule_broken(file_.place(fmt::format("/levels/{}/level", i)), {"levels must rise", "级别须依次升高"},
                           {fmt::format("more than {}", scheme_.levels[i - 1].first),
                            fmt::format("大于 {}", scheme_.levels[i - 1].first)},
                           fmt::format("{}", scheme_.levels[i].first));
    for (std::size_t i = 0; i < scheme_.scopes.size(); ++i)
      ASSAY_RETURN_IF_ERROR(all_known(scheme_.scopes[i].classes, classes_, fmt::format("/scopes/{}/classes", i)));
    for (std::size_t i = 0; i < scheme_.indicators.size(); ++i) {
      const auto& indicator = scheme_.indicators[i];
      const std::string at = fmt::format("/indicators/{}", i);
      ASSAY_RETURN_IF_ERROR(known(indicator.dimension, dimensions_, at + "/dimension"));
      ASSAY_RETURN_IF_ERROR(known(std::to_string(indicator.level), levels_, at + "/level"));
      ASSAY_RETURN_IF_ERROR(all_known(indicator.scopes, scopes_, at + "/scopes"));
      if (indicator.design <= indicator.limit)
        return rule_broken(file_.place(at + "/design"),
                           {"the design alternative must lie above the limit", "设计备择值须高于限值"},
                           {fmt::format("more than {}", indicator.limit), fmt::format("大于 {}", indicator.limit)},
                           fmt::format("{}", indicator.design));
    }
    return {};
  }

 private:
  Result<void> known(const std::string& name, const std::vector<std::string>& names, const std::string& pointer) const {
    if (std::find(names.begin(), names.end(), name) != names.end()) return {};
    return Error{320,
                 {fmt::format("the scheme does not define \"{}\"", name), fmt::format("方案中没有定义“{}”", name)},
                 file_.place(pointer),
                 one_of_words(names),
                 name,
                 {"define it, or correct the name", "请补充定义或更正名称"}};
  }

  Result<void> all_known(const std::vector<std::string>& some, const std::vector<std::string>& names,
                         const std::string& pointer) const {
    for (std::size_t i = 0; i < some.size(); ++i)
      ASSAY_RETURN_IF_ERROR(known(some[i], names, fmt::format("{}/{}", pointer, i)));
    return {};
  }

  Result<void> check_unique() const {
    for (const char* list : {"dimensions", "classes", "scopes", "indicators", "gates"}) {
      std::set<std::string> seen;
      const Json& values = (*file_.value)[list];
      for (std::size_t i = 0; i < values.size(); ++i)
        if (const auto id = values[i]["id"].get<std::string>(); !seen.insert(id).second)
          return Error{
              311,
              {fmt::format("\"{}\" stands twice under {}", id, list), fmt::format("{} 下“{}”出现了两次", list, id)},
              file_.place(fmt::format("/{}/{}/id", list, i)),
              {"an id of its own", "各不相同的 id"},
              id,
              {"rename one of the two", "请将其中一个改名"}};
    }
    return {};
  }

  const YamlFile& file_;
  const Scheme& scheme_;
  std::vector<std::string> dimensions_, levels_, classes_, scopes_;
};

std::string absolute_path(const std::string& path) {
  std::error_code ignored;
  return fs::absolute(path, ignored).lexically_normal().string();
}

}  // namespace

Result<Scheme> load_scheme(const std::string& path) {
  ASSAY_TRY(const YamlFile file, read_yaml(path));
  ASSAY_RETURN_IF_ERROR(validate_schema(file, "scheme"));
  Scheme scheme = read_scheme(*file.value);
  scheme.path = absolute_path(path);
  scheme.sha256 = file.sha256;
  ASSAY_RETURN_IF_ERROR(SchemeChecker(file, scheme).check());
  return scheme;
}

Result<Subject> load_subject(const std::string& path) {
  ASSAY_TRY(const YamlFile file, read_yaml(path));
  ASSAY_RETURN_IF_ERROR(validate_schema(file, "subject"));
  const Json& value = *file.value;
  Subject out;
  out.path = absolute_path(path);
  out.sha256 = file.sha256;
  out.id = value["id"].get<std::string>();
  out.title = read_text(value["title"]);
  out.vendor = value["vendor"].get<std::string>();
  out.model = value["model"].get<std::string>();
  out.serial = value.value("serial", "");
  out.software = value.value("software", "");
  out.robot_class = value["class"].get<std::string>();
  out.kind = value["kind"].get<std::string>();
  out.scope = value["scope"].get<std::string>();
  out.declared_level = value["declared_level"].get<int>();
  out.adapter = value.value("adapter", out.adapter);
  const Json& policy = value["policy"];
  out.policy = policy["id"].get<std::string>();
  if (policy.contains("params"))
    for (const auto& [name, number] : policy["params"].items())
      out.policy_params.emplace_back(name, number.get<double>());
  out.policy_deadline_s = policy.value("deadline_s", out.policy_deadline_s);

  std::string embodiment = value["embodiment"].get<std::string>();
  const bool is_path = embodiment.find('/') != std::string::npos || embodiment.ends_with(".yaml");
  if (is_path) embodiment = (fs::path(out.path).parent_path() / embodiment).lexically_normal().string();
  auto found = catalog_find("embodiments", embodiment);
  if (!found.ok()) {
    Error error = std::move(found).error();
    error.place = file.place("/embodiment");
    return error;
  }
  out.embodiment_path = std::move(found).value();
  return out;
}

}  // namespace assay
