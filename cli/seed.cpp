#include "cli/seed.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/sha256.h"
#include "harness/campaign.h"

namespace assay::cli {
namespace {

constexpr std::size_t kLeastSecretBytes = 16;

std::string path_of(const Store& store, const std::string& session) { return store.folder() + "/seeds/" + session; }

Error bad_secret(const std::string& path, Text expected, std::string found) {
  return Error{
      .id = 905,
      .what = {"the secret file cannot be used", "密钥文件不可用"},
      .place = {path},
      .expected = std::move(expected),
      .found = std::move(found),
      .help = {"head -c 32 /dev/urandom > FILE; chmod 600 FILE", "head -c 32 /dev/urandom > 文件; chmod 600 文件"}};
}

bool sync_path(const std::string& path, int flags) {
  const int fd = open(path.c_str(), flags | O_CLOEXEC);
  const bool ok = fd >= 0 && fsync(fd) == 0;
  if (fd >= 0) close(fd);
  return ok;
}

}  // namespace

std::string random_seed() {
  unsigned char bytes[16] = {};
  ASSAY_CHECK(getrandom(bytes, sizeof bytes, 0) == sizeof bytes);
  std::string hex;
  for (const unsigned char b : bytes) hex += fmt::format("{:02x}", b);
  return hex;
}

Result<std::string> lab_seed(const std::string& secret_file, const std::string& campaign) {
  if (secret_file.empty() || campaign.empty())
    return Error{.id = 904,
                 .what = {"the lab division takes its seed from the centre's secret and the campaign",
                          "lab 分区的种子取自检测中心的密钥与批次名"},
                 .expected = {"--secret-file FILE and --campaign NAME", "--secret-file 文件 与 --campaign 名称"},
                 .help = {"give both, or use --division self", "请同时给出两者，或改用 --division self"}};
  struct stat info {};
  std::ifstream in(secret_file, std::ios::binary);
  if (!in || stat(secret_file.c_str(), &info) != 0 || !S_ISREG(info.st_mode))
    return bad_secret(secret_file, {"a file that can be read", "可读的文件"}, "not readable");
  if ((info.st_mode & 077) != 0)
    return bad_secret(secret_file, {"mode 0600", "权限 0600"}, fmt::format("{:04o}", info.st_mode & 07777));
  std::stringstream text;
  text << in.rdbuf();
  if (text.str().size() < kLeastSecretBytes)
    return bad_secret(
        secret_file,
        {fmt::format("at least {} bytes", kLeastSecretBytes), fmt::format("至少 {} 字节", kLeastSecretBytes)},
        fmt::format("{}", text.str().size()));
  return sha256_hex("assay.lab_seed/1\n" + text.str() + "\n" + campaign);
}

std::string commitment(const std::string& seed) { return "sha256:" + sha256_hex(seed); }
bool is_commitment(const std::string& seed) { return seed.starts_with("sha256:"); }

Result<void> keep_seed(const Store& store, const std::string& session, const std::string& seed) {
  const std::string path = path_of(store, session);
  const std::string folder = std::filesystem::path(path).parent_path().string();
  std::error_code ignored;
  std::filesystem::create_directories(folder, ignored);
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  const bool written = fd >= 0 && write(fd, seed.data(), seed.size()) == static_cast<ssize_t>(seed.size());
  const bool synced = fd >= 0 && fsync(fd) == 0;
  if (fd >= 0) close(fd);
  if (written && synced && sync_path(folder, O_RDONLY | O_DIRECTORY)) return {};
  return Error{.id = 906,
               .what = {"the session's seed cannot be kept", "无法保存本次检测的种子"},
               .place = {path},
               .help = {"make the workspace writable", "请确认工作区可写"}};
}

Result<std::string> recall_seed(const Store& store, const std::string& session, const std::string& committed) {
  const std::string path = path_of(store, session);
  std::ifstream in(path);
  std::string seed;
  std::getline(in, seed);
  if (!seed.empty() && commitment(seed) == committed) return seed;
  return Error{.id = 909,
               .what = {"the session's seed is gone or is not the one committed at lock",
                        "本次检测的种子缺失，或与锁定时的承诺不符"},
               .place = {path},
               .expected = {committed, committed},
               .found = seed.empty() ? "nothing" : commitment(seed),
               .help = {"restore the file from a backup; without it no further trial can be drawn",
                        "请从备份恢复该文件；没有它便无法继续抽取试验"}};
}

Result<std::string> reveal_seed(Store& store, const SessionRow& session) {
  ASSAY_TRY(const auto plan, harness::plan_from_json(session.plan_json));
  ASSAY_TRY(const auto seed, recall_seed(store, session.id, plan.session_seed));
  ASSAY_TRY(const auto sessions, store.sessions());
  for (const auto& other : sessions) {
    const auto its = harness::plan_from_json(other.plan_json);
    if (!its || its->session_seed != plan.session_seed || other.state == "closed") continue;
    return Error{.id = 916,
                 .what = {"the seed cannot be revealed before every session that uses it is closed",
                          "使用该种子的检测全部结束之前，不能公开种子"},
                 .place = {store.folder()},
                 .expected = {"state closed", "状态为 closed"},
                 .found = other.id + ": " + other.state,
                 .help = {"`assay resume` it first", "请先用 `assay resume` 完成"}};
  }
  const nlohmann::json detail = {{"session", session.id}, {"seed", seed}};
  ASSAY_RETURN_IF_ERROR(store.audit("seed_revealed", "assay", detail.dump(), utc_now()));
  return seed;
}

Result<std::string> revealed_seed(const Store& store, const std::string& session, const std::string& committed) {
  ASSAY_TRY(const auto rows, store.audit_log());
  std::string seed;
  for (const auto& row : rows) {
    if (row.kind != "seed_revealed") continue;
    const auto detail = nlohmann::json::parse(row.detail_json, nullptr, false);
    if (detail.is_object() && detail.value("session", "") == session) seed = detail.value("seed", "");
  }
  if (seed.empty() || commitment(seed) == committed) return seed;
  return Error{.id = 909,
               .what = {"the revealed seed is not the one committed at lock", "公开的种子与锁定时的承诺不符"},
               .place = {session},
               .expected = {committed, committed},
               .found = commitment(seed),
               .help = {"the session's draws cannot be trusted", "该次检测的抽取不可信"}};
}

}  // namespace assay::cli
