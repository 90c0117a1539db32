#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <functional>

#include "evidence/bundle.h"
#include "evidence/documents.h"
#include "evidence/errors.h"
#include "evidence/records.h"
#include "suites/catalog.h"

namespace assay::evidence {
namespace {

Error not_ready(const std::string& what_en, const std::string& what_zh, std::string file, std::string found,
                Text help) {
  return evidence_error(kNotReady, {what_en, what_zh}, std::move(file), std::move(found), {}, std::move(help));
}

/// Blocks of a regular file.
Result<void> read_blocks(const std::string& path, const Sink& sink) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat info {};
  std::string why = fd < 0 || fstat(fd, &info) != 0 ? std::strerror(errno)
                    : S_ISREG(info.st_mode)         ? ""
                                                    : "not a regular file";
  std::string block(kBlock, '\0');
  while (why.empty()) {
    const ssize_t got = read(fd, block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) why = std::strerror(errno);
    if (got <= 0) break;
    if (auto taken = sink(std::string_view(block).substr(0, static_cast<std::size_t>(got))); !taken) {
      close(fd);
      return taken;
    }
  }
  if (fd >= 0) close(fd);
  if (why.empty()) return {};
  return not_ready("a file that belongs into the bundle cannot be read", "应放入证据包的文件无法读取", path, why, {});
}

class Writer {
 public:
  Writer(const BundleInput& input, const std::string& path) : input_(input), path_(path) {}

  Result<Manifest> run() {
    if (input_.session.state != "closed")
      return not_ready("the session is not closed", "该次检测尚未结束", input_.session.id, input_.session.state,
                       {"`assay resume` it first", "请先用 `assay resume` 完成"});
    manifest_.session = input_.session.id;
    manifest_.division = input_.plan.division;
    ASSAY_TRY(out_, ZipWriter::create(path_));
    made("README.txt", readme_text(manifest_.session, manifest_.division), "text/plain", "readme");
    made("plan.json", input_.session.plan_json, "application/json", "plan");
    made("lock.json", input_.session.lock_json, "application/json", "lock");
    ASSAY_RETURN_IF_ERROR(records());
    made("item.json", input_.subject_json, "application/json", "item");
    made("environment.json", environment_json(input_), "application/json", "environment");
    for (const char* kind : {"equipment", "competence"}) {
      ASSAY_TRY(auto text, register_json(*input_.store, kind));
      made(std::string(kind) + ".json", std::move(text), "application/json", kind);
    }
    made("sbom.cdx.json", sbom_json(input_), "application/vnd.cyclonedx+json", "sbom");
    for (auto& [name, text] : schema_files()) made(name, text, "application/schema+json", "schema");
    for (const auto& d : input_.documents) made(d.path, d.bytes, d.media_type, d.role);
    ASSAY_RETURN_IF_ERROR(deciding());
    ASSAY_RETURN_IF_ERROR(traces());
    return write();
  }

 private:
  void made(std::string path, std::string bytes, std::string media_type, std::string role) {
    ManifestFile file{std::move(path), bytes.size(), digests(bytes), std::move(media_type), std::move(role)};
    manifest_.files.push_back(std::move(file));
    contents_.push_back({std::move(bytes), {}});
  }

  Result<ManifestFile> hashed(std::string path, const std::string& source, std::string media_type, std::string role) {
    ManifestFile file{std::move(path), 0, {}, std::move(media_type), std::move(role)};
    Digests digests(Digests::all);
    ASSAY_RETURN_IF_ERROR(read_blocks(source, [&](std::string_view block) -> Result<void> {
      digests.update(block);
      file.size += block.size();
      return {};
    }));
    file.digests = digests.finish();
    return file;
  }

  Result<void> records() {
    ASSAY_TRY(trials_, input_.store->trials(input_.session.number));
    made("trials.jsonl", trial_lines(trials_, manifest_.trial_chain_head), "application/jsonl", "trials");
    ASSAY_TRY(const auto audit, session_audit(*input_.store, input_.session));
    manifest_.trials = static_cast<std::int64_t>(trials_.size());
    manifest_.audit_entries = static_cast<std::int64_t>(audit.size());
    manifest_.audit_chain_head = audit.empty() ? empty_head() : audit.back().row.hash;
    made("audit.jsonl", audit_lines(audit), "application/jsonl", "audit");
    return {};
  }

  Result<void> deciding() {
    ASSAY_TRY(const auto lock, parse_json(input_.session.lock_json, "lock.json"));
    for (const auto& file : lock.value("files", Json::array())) {
      const std::string name = file.value("name", ""), path = file.value("path", "");
      std::string source = path;
      if (access(path.c_str(), R_OK) != 0 && !name.empty()) source = catalog_root() + "/" + name;
      ASSAY_TRY(auto entry, hashed(deciding_path(name, path), source, "application/octet-stream", "deciding"));
      if (entry.digests.sha256 != file.value("sha256", ""))
        return not_ready("a file that decided the session has changed since", "决定该次检测的文件此后已改动", source,
                         "sha256 " + entry.digests.sha256,
                         {"restore the file as it was at lock", "请恢复锁定时的文件"});
      copied(std::move(entry), source);
    }
    return {};
  }

  Result<void> traces() {
    for (const auto& trial : trials_) {
      if (trial.trace_sha256.empty()) continue;
      ASSAY_TRY(auto entry, hashed(trace_name(trial), trial.trace_path, "application/x-mcap", "trace"));
      if (entry.digests.sha256 != trial.trace_sha256)
        return evidence_error(kFileDiffers, {"a trace is not the one on record", "记录文件与存档不符"},
                              trial.trace_path, "sha256 " + entry.digests.sha256,
                              {"sha256 " + trial.trace_sha256, "sha256 " + trial.trace_sha256},
                              {"restore the workspace from a backup", "请从备份恢复工作区"});
      ++manifest_.traces;
      if (input_.without_traces)
        manifest_.withheld.push_back(std::move(entry));
      else
        copied(std::move(entry), trial.trace_path);
    }
    return {};
  }

  void copied(ManifestFile file, const std::string& source) {
    manifest_.files.push_back(std::move(file));
    contents_.push_back({{}, source});
  }

  Result<Manifest> write() {
    made(kDataManifestName, data_manifest_json(manifest_.files), "application/json", "data_manifest");
    made(kSumsName, sha256sums(manifest_.files), "text/plain", "sums");
    for (std::size_t i = 0; i < contents_.size(); ++i) {
      const ManifestFile& file = manifest_.files[i];
      ASSAY_RETURN_IF_ERROR(out_->begin(file.path, file.size, file.digests.crc32));
      if (contents_[i].source.empty())
        ASSAY_RETURN_IF_ERROR(out_->write(contents_[i].bytes));
      else
        ASSAY_RETURN_IF_ERROR(copy(file, contents_[i].source));
    }
    ASSAY_RETURN_IF_ERROR(out_->add(kManifestName, manifest_to_json(manifest_)));
    ASSAY_RETURN_IF_ERROR(out_->finish());
    return std::move(manifest_);
  }

  Result<void> copy(const ManifestFile& file, const std::string& source) {
    Digests again(Digests::sha256);
    std::uint64_t size = 0;
    ASSAY_RETURN_IF_ERROR(read_blocks(source, [&](std::string_view block) -> Result<void> {
      again.update(block);
      size += block.size();
      return out_->write(block);
    }));
    if (size == file.size && again.finish().sha256 == file.digests.sha256) return {};
    return evidence_error(kChangedMeanwhile, {"a file changed while it was bundled", "文件在打包过程中被改动"}, source,
                          {}, {}, {"let nothing else write there, and try again", "请确保没有其他程序写入，然后重试"});
  }

  struct Content {
    std::string bytes, source;  ///< one of them
  };

  const BundleInput& input_;
  const std::string& path_;
  std::unique_ptr<ZipWriter> out_;
  Manifest manifest_;
  std::vector<Content> contents_;
  std::vector<TrialRecord> trials_;
};

}  // namespace

Result<Manifest> create_bundle(const BundleInput& input, const std::string& path) { return Writer(input, path).run(); }

}  // namespace assay::evidence
