#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "adapters/recorded/recorded_robot.h"
#include "adapters/ros2/mapping.h"
#include "core/sha256.h"
#include "harness/campaign.h"
#include "metrics/metrics.h"

namespace assay::harness {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr const char* kLockSchema = "assay.lock/1";

Error bad_lock(std::string found) {
  return Error{.id = 512,
               .what = {"the session's lock record cannot be read", "无法读取该次检测的锁定记录"},
               .expected = {"assay.lock/1, as this program writes it", "由本程序写出的 assay.lock/1"},
               .found = std::move(found)};
}

/// "suites/…" below the catalogue, or empty for a file from elsewhere.
std::string catalog_name(const std::string& path) {
  const std::string root = fs::path(catalog_root()).lexically_normal().string() + "/";
  const std::string normal = fs::path(path).lexically_normal().string();
  return normal.rfind(root, 0) == 0 ? normal.substr(root.size()) : std::string();
}

/// Files that a composed model names: assets by absolute path.
void add_assets(const std::string& mjcf, std::set<std::string>& out) {
  constexpr std::string_view kMark = "file=\"";
  for (std::size_t at = mjcf.find(kMark); at != std::string::npos; at = mjcf.find(kMark, at)) {
    at += kMark.size();
    const std::size_t end = mjcf.find('"', at);
    if (end == std::string::npos) return;
    const std::string path = mjcf.substr(at, end - at);
    if (!path.empty() && path.front() == '/') out.insert(path);
  }
}

std::set<std::string> scope_tasks(const SessionInputs& inputs) {
  for (const auto& scope : inputs.scheme.scopes)
    if (scope.id == inputs.subject.scope) return {scope.tasks.begin(), scope.tasks.end()};
  return {};
}

/// Every file that decides the session, absolute, sorted.
std::set<std::string> deciding_files(const SessionInputs& inputs) {
  std::set<std::string> files = {inputs.scheme.path, inputs.subject.path, inputs.embodiment.path,
                                 inputs.embodiment.model_path};
  for (const auto& file : recorded_files(inputs.subject.robot)) files.insert(file);
  for (const auto& file : ros2::definition_files(inputs.subject.robot)) files.insert(file);
  const auto tasks = scope_tasks(inputs);
  for (const auto& suite : inputs.suites) {
    files.insert(suite.files.begin(), suite.files.end());
    for (const auto& task : suite.tasks)
      if (tasks.count(task.key()) != 0)
        if (const auto world = compose(task, inputs.embodiment); world) add_assets(world->mjcf, files);
  }
  std::set<std::string> absolute;
  for (const auto& file : files)
    if (!file.empty()) absolute.insert(fs::absolute(file).lexically_normal().string());
  return absolute;
}

std::string hash_or_empty(const std::string& path) {
  const auto digest = sha256_file(path);
  return digest ? to_hex(*digest) : std::string();
}

/// Where a locked file is now: its own path, else the same name in this catalogue.
std::string locate(const json& file) {
  const std::string path = file.at("path"), name = file.at("name");
  if (fs::exists(path) || name.empty()) return path;
  return (fs::path(catalog_root()) / name).string();
}

Error changed_files(const std::string& list) {
  return Error{
      .id = 510,
      .what = {"files that decide this session changed after it was locked", "决定本次检测的文件在锁定之后发生了变化"},
      .expected = {"the bytes whose SHA-256 the lock records", "与锁定时 SHA-256 一致的内容"},
      .found = list,
      .help = {"restore the files, or lock a new session", "请恢复这些文件，或锁定新的检测"}};
}

Result<void> load_suites(const std::set<std::string>& ids, SessionInputs& inputs) {
  for (const auto& id : ids) {
    ASSAY_TRY(const auto path, catalog_find("suites", id));
    ASSAY_TRY(auto suite, load_suite(path));
    inputs.suites.push_back(std::move(suite));
  }
  return {};
}

/// The scheme is held against every suite that it asks for.
Result<void> load_all_suites(SessionInputs& inputs) {
  std::set<std::string> ids;
  for (const auto& indicator : inputs.scheme.indicators)
    if (!indicator.task.empty()) ids.insert(indicator.task.substr(0, indicator.task.find('/')));
  ASSAY_RETURN_IF_ERROR(load_suites(ids, inputs));
  return check_consistency(inputs.scheme, inputs.suites);
}

/// What the subject's scope does not ask decides nothing here: nobody has to be competent for it, and it may change.
void keep_suites_in_scope(SessionInputs& inputs) {
  const auto tasks = scope_tasks(inputs);
  if (tasks.empty()) return;
  inputs.suites.erase(std::remove_if(inputs.suites.begin(), inputs.suites.end(),
                                     [&](const Suite& suite) {
                                       return std::none_of(
                                           suite.tasks.begin(), suite.tasks.end(),
                                           [&](const Task& task) { return tasks.count(task.key()) != 0; });
                                     }),
                      inputs.suites.end());
}

/// `locked`: the suites of a locked session, whose scheme was held against all of them when it was locked.
Result<SessionInputs> load_paths(const std::string& scheme_path, const std::string& subject_path,
                                 const std::set<std::string>* locked = nullptr) {
  SessionInputs inputs;
  ASSAY_TRY(inputs.scheme, load_scheme(scheme_path));
  ASSAY_TRY(inputs.subject, load_subject(subject_path));
  ASSAY_TRY(inputs.embodiment, load_embodiment(inputs.subject.embodiment_path));
  if (locked != nullptr) {
    ASSAY_RETURN_IF_ERROR(load_suites(*locked, inputs));
  } else {
    ASSAY_RETURN_IF_ERROR(load_all_suites(inputs));
    keep_suites_in_scope(inputs);
  }
  const auto tasks = scope_tasks(inputs);
  for (const auto& suite : inputs.suites)
    for (const auto& task : suite.tasks) {
      if (tasks.count(task.key()) == 0) continue;  // every level: a session may be asked for a higher one than declared
      ASSAY_RETURN_IF_ERROR(check_capabilities(task, inputs.embodiment));
      ASSAY_RETURN_IF_ERROR(check_metrics(task));
      ASSAY_TRY(const auto world, compose(task, inputs.embodiment));
    }
  return inputs;
}

}  // namespace

Result<void> check_metrics(const Task& task) {
  metrics::MetricRegistry registry;
  metrics::register_builtin_metrics(registry);
  for (const auto& id : task.metrics) {
    if (registry.find(id) != nullptr) continue;
    return Error{.id = 329,
                 .what = {"the task names a metric that is not known", "任务使用了未知的指标量"},
                 .place = {task.key()},
                 .expected = {"a metric that `assay metric list` names", "`assay metric list` 所列的指标量"},
                 .found = id,
                 .help = {"correct `metrics` of the task", "请更正任务的 `metrics`"}};
  }
  return {};
}

Result<SessionInputs> load_inputs(const std::string& scheme, const std::string& subject) {
  ASSAY_TRY(const auto scheme_path, catalog_find("schemes", scheme));
  ASSAY_TRY(const auto subject_path, catalog_find("subjects", subject));
  return load_paths(scheme_path, subject_path);
}

std::string lock_json(const SessionInputs& inputs) {
  json lock = {{"schema", kLockSchema},
               {"scheme", fs::absolute(inputs.scheme.path).lexically_normal().string()},
               {"subject", fs::absolute(inputs.subject.path).lexically_normal().string()},
               {"model_sha256", inputs.embodiment.model_sha256},
               {"files", json::array()},
               {"suites", json::object()}};
  for (const auto& path : deciding_files(inputs))
    lock["files"].push_back({{"name", catalog_name(path)}, {"path", path}, {"sha256", hash_or_empty(path)}});
  for (const auto& suite : inputs.suites)
    lock["suites"][suite.id] = {{"version", suite.version}, {"sha256", suite.sha256}};
  return lock.dump(2);
}

Result<SessionInputs> load_locked(const std::string& lock_json) {
  try {
    const json lock = json::parse(lock_json);
    if (lock.at("schema") != kLockSchema) return bad_lock(lock.at("schema").dump());
    std::string changed;
    std::map<std::string, std::string> now;  // locked path → path now
    for (const auto& file : lock.at("files")) {
      const std::string path = locate(file), wanted = file.at("sha256"), found = hash_or_empty(path);
      now[file.at("path")] = path;
      if (wanted.empty() || found != wanted)
        changed += fmt::format("{}{}{}", changed.empty() ? "" : "; ", path, found.empty() ? " (missing)" : "");
    }
    if (!changed.empty()) return changed_files(changed);
    std::set<std::string> suites;
    for (const auto& [id, unused] : lock.at("suites").items()) suites.insert(id);
    ASSAY_TRY(auto inputs, load_paths(now.at(lock.at("scheme")), now.at(lock.at("subject")), &suites));
    // A subject names its embodiment by id: the catalogue of today may know another one of that id.
    std::set<std::string> locked;
    for (const auto& file : lock.at("files")) locked.insert(file.at("sha256").get<std::string>());
    for (const auto& [path, sha256] :
         {std::pair{inputs.scheme.path, inputs.scheme.sha256}, std::pair{inputs.subject.path, inputs.subject.sha256},
          std::pair{inputs.embodiment.path, inputs.embodiment.sha256},
          std::pair{inputs.embodiment.model_path, hash_or_empty(inputs.embodiment.model_path)}})
      if (locked.count(sha256) == 0) return changed_files(path);
    if (inputs.embodiment.model_sha256 != lock.at("model_sha256"))
      return changed_files(inputs.embodiment.model_path + " or a file that it names");
    for (const auto& suite : inputs.suites)
      if (lock.at("suites").at(suite.id).at("sha256") != suite.sha256) return changed_files(suite.path);
    return inputs;
  } catch (const json::exception& e) {
    return bad_lock(e.what());
  } catch (const std::out_of_range& e) {
    return bad_lock(e.what());
  }
}

}  // namespace assay::harness
