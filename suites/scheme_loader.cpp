// Scheme and subject files → records. check_consistency() holds a scheme against its suites.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "core/sha256.h"
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
  out.task = value.value("task", "");
  out.check = value.value("check", "");
  out.statistic = value.value("statistic", out.statistic);
  out.metric = value.value("metric", "");
  out.limit = value.value("limit", out.limit);
  for (const char* bound : {"at_most", "at_least"})
    if (value.contains(bound)) {
      out.bound = bound;
      out.limit = value[bound].get<double>();
    }
  out.trials = value.value("trials", out.trials);
  out.quantile = value.value("quantile", out.quantile);
  out.design = value.value("design", out.design);
  out.weight = value.value("weight", out.weight);
  out.vantage = value.value("vantage", out.vantage);
  out.clause = value.value("clause", "");
  out.title = read_text(value["title"]);
  out.scopes = value.value("scopes", std::vector<std::string>{});
  out.classes = value.value("classes", std::vector<std::string>{});
  if (value.contains("for_class"))
    for (const auto& [robot_class, limits] : value["for_class"].items())
      out.for_class.push_back({robot_class, limits["limit"].get<double>(), limits["design"].get<double>()});
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
  out.pass_score = value.value("pass_score", out.pass_score);
  if (value.contains("floors"))
    for (const auto& [dimension, floor] : value["floors"].items())
      out.floors.emplace_back(dimension, floor.get<double>());
  out.order = value.value("order", out.order);
  if (value.contains("audit")) {
    out.audit_share = value["audit"]["share"].get<double>();
    out.audit_alpha = value["audit"]["alpha"].get<double>();
  }
  if (value.contains("reexamination")) {
    out.most_examinations = value["reexamination"]["most"].get<int>();
    out.divide_alpha = value["reexamination"]["alpha"] == "divided";
  }
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
      ASSAY_RETURN_IF_ERROR(all_known(indicator.classes, classes_, at + "/classes"));
      ASSAY_RETURN_IF_ERROR(check_keys((*file_.value)["indicators"][i], indicator, at));
      if (!is_measured(indicator)) ASSAY_RETURN_IF_ERROR(check_limits(indicator.limit, indicator.design, at));
      for (const auto& other : indicator.for_class) {
        const std::string place = at + "/for_class/" + other.robot_class;
        ASSAY_RETURN_IF_ERROR(known(other.robot_class, classes_, place));
        ASSAY_RETURN_IF_ERROR(check_limits(other.limit, other.design, place));
      }
    }
    return check_score();
  }

 private:
  Result<void> check_limits(double limit, double design, const std::string& at) const {
    if (design > limit) return {};
    return rule_broken(file_.place(at + "/design"),
                       {"the design alternative must lie above the limit", "设计备择值须高于限值"},
                       {fmt::format("more than {}", limit), fmt::format("大于 {}", limit)}, fmt::format("{}", design));
  }

  /// Trials answer an indicator by success, or by a metric, or a document does: each has keys of its own.
  Result<void> check_keys(const Json& given, const SchemeIndicator& indicator, const std::string& at) const {
    const bool attached = indicator.statistic == kAttachedEvidence, measured = is_measured(indicator);
    const bool by_success = !attached && !measured;
    const auto wrong = [&](const std::string& key, bool wanted) {
      return rule_broken(file_.place(at),
                         {"the indicator's keys do not fit its statistic", "指标的字段与其统计量不相符"},
                         wanted ? Text{key, key} : Text{"no " + key, "不含 " + key},
                         fmt::format("statistic {} {} {}", indicator.statistic, wanted ? "without" : "with", key));
    };
    for (const auto& [key, wanted] :
         std::initializer_list<std::pair<const char*, bool>>{{"task", !attached},
                                                             {"limit", by_success},
                                                             {"design", by_success},
                                                             {"metric", measured},
                                                             {"trials", measured},
                                                             {"quantile", indicator.statistic == kMetricQuantile}})
      if (given.contains(key) != wanted) return wrong(key, wanted);
    for (const char* key : {"check", "for_class"})
      if (!by_success && given.contains(key)) return wrong(key, false);
    if ((given.contains("at_most") ? 1 : 0) + (given.contains("at_least") ? 1 : 0) != (measured ? 1 : 0))
      return wrong("at_most | at_least", measured);
    return {};
  }

  /// A score without a pass mark or without a floor for each dimension would say nothing of the weakest.
  Result<void> check_score() const {
    const Json& value = *file_.value;
    const bool scored = scheme_.aggregation == "weighted_score";
    for (const char* key : {"pass_score", "floors"})
      if (value.contains(key) != scored)
        return rule_broken(
            file_.place("/aggregation"),
            {"pass_score and floors belong to weighted_score", "pass_score 与 floors 须与 weighted_score 配套"},
            scored ? Text{std::string(key), key} : Text{std::string("no ") + key, std::string("不含 ") + key},
            scheme_.aggregation);
    for (const auto& [dimension, unused] : scheme_.floors)
      ASSAY_RETURN_IF_ERROR(known(dimension, dimensions_, "/floors/" + dimension));
    for (const auto& dimension : dimensions_)
      if (scored && !value["floors"].contains(dimension))
        return rule_broken(file_.place("/floors"), {"a dimension has no floor", "有维度未设下限"},
                           {dimension, dimension}, "nothing");
    return {};
  }

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

/// The list under /evidence; files lie relative to `file`, their bytes are hashed here and now.
Result<std::vector<Evidence>> read_evidence(const YamlFile& file) {
  std::vector<Evidence> out;
  const Json& list = (*file.value)["evidence"];
  for (std::size_t i = 0; i < list.size(); ++i) {
    const Json& value = list[i];
    const std::string at = fmt::format("/evidence/{}", i);
    Evidence one;
    one.indicator = value["indicator"].get<std::string>();
    one.document = value["document"].get<std::string>();
    one.issuer = value["issuer"].get<std::string>();
    one.date = value["date"].get<std::string>();
    one.file = value["file"].get<std::string>();
    one.conforms = value["result"] == "conform";
    for (const auto& other : out)
      if (other.indicator == one.indicator)
        return Error{311,
                     {"two documents for one indicator", "同一指标附有两份文件"},
                     file.place(at + "/indicator"),
                     {"one document each", "每项一份文件"},
                     one.indicator,
                     {"keep the one that counts", "请保留有效的一份"}};
    const auto path = (fs::path(file.path).parent_path() / one.file).lexically_normal().string();
    const auto digest = sha256_file(path);
    if (!digest)
      return Error{327,
                   {"an attached document cannot be read", "无法读取所附文件"},
                   file.place(at + "/file"),
                   {"a file, relative to this one", "相对于本文件的文件路径"},
                   path,
                   {"correct the path", "请更正路径"}};
    one.sha256 = to_hex(*digest);
    if (const auto stated = value.value("sha256", one.sha256); stated != one.sha256)
      return Error{328,
                   {"an attached document is not the one that was declared", "所附文件与申报的不一致"},
                   file.place(at + "/sha256"),
                   {stated, stated},
                   one.sha256,
                   {"attach the declared file, or declare this one", "请附上所申报的文件，或改报此文件"}};
    out.push_back(std::move(one));
  }
  return out;
}

std::string absolute_path(const std::string& path) {
  std::error_code ignored;
  return fs::absolute(path, ignored).lexically_normal().string();
}

/// A path that the subject file names lies beside it.
std::string beside(const Json& value, const char* key, const std::string& subject_path) {
  const std::string path = value.value(key, "");
  return path.empty() ? path : (fs::path(subject_path).parent_path() / path).lexically_normal().string();
}

/// `robot: {adapter, url, …}`, or in short `adapter: …`.
Result<RobotLink> read_robot(const YamlFile& file, const std::string& subject_path) {
  const Json& value = *file.value;
  RobotLink out;
  out.adapter = value.value("adapter", out.adapter);
  if (!value.contains("robot")) return out;
  if (value.contains("adapter"))
    return Error{330,
                 {"the subject says twice how its robot is reached", "受试对象文件重复说明了机器人的连接方式"},
                 file.place("/adapter"),
                 {"`robot:` or `adapter:`, not both", "`robot:` 与 `adapter:` 二者之一"},
                 "adapter, robot",
                 {"remove `adapter:`", "请删除 `adapter:`"}};
  const Json& robot = value["robot"];
  out.adapter = robot["adapter"].get<std::string>();
  out.url = robot.value("url", "");
  out.token_file = beside(robot, "token_file", subject_path);
  out.ca_file = beside(robot, "ca_file", subject_path);
  out.folder = fs::path(subject_path).parent_path().string();
  for (const char* section : {"ros2", "recorded", "manual"}) {
    if (!robot.contains(section)) continue;
    if (out.adapter != section)
      return Error{330,
                   {"the subject describes a wire that its robot does not use", "受试对象文件描述了未使用的连接方式"},
                   file.place(std::string("/robot/") + section),
                   {std::string("`adapter: ") + section + "`, or no `" + section + ":`",
                    std::string("`adapter: ") + section + "`，或不写 `" + section + ":`"},
                   "adapter: " + out.adapter,
                   {"make the two agree", "请使两者一致"}};
    out.details = robot[section].dump();
  }
  out.simulated_world = robot.value("world", "lab") == "simulated";
  return out;
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

Result<std::vector<Evidence>> load_evidence(const std::string& path) {
  ASSAY_TRY(const YamlFile file, read_yaml(path));
  ASSAY_RETURN_IF_ERROR(validate_schema(file, "evidence"));
  return read_evidence(file);
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
  ASSAY_TRY(out.robot, read_robot(file, out.path));
  out.adapter = out.robot.adapter;
  const Json& policy = value["policy"];
  out.policy = policy["id"].get<std::string>();
  if (policy.contains("params"))
    for (const auto& [name, number] : policy["params"].items())
      out.policy_params.emplace_back(name, number.get<double>());
  if (value.contains("defects"))
    for (const auto& [name, number] : value["defects"].items()) out.defects.emplace_back(name, number.get<double>());
  out.policy_deadline_s = policy.value("deadline_s", out.policy_deadline_s);
  out.policy_stale_s = policy.value("stale_s", out.policy_stale_s);
  out.policy_link.url = policy.value("url", "");
  out.policy_link.token_file = beside(policy, "token_file", out.path);
  out.policy_link.ca_file = beside(policy, "ca_file", out.path);
  if (policy.contains("spaces")) {
    Json spaces = policy["spaces"];
    spaces["deadline_s"] = out.policy_deadline_s;  // who waits for a server gives up before the harness does
    out.policy_link.details = spaces.dump();
  }
  if (value.contains("evidence")) {
    ASSAY_TRY(out.evidence, read_evidence(file));
  }

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
