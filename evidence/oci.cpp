#include "evidence/oci.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "core/sha256.h"
#include "evidence/encoding.h"
#include "evidence/errors.h"
#include "evidence/intact.h"
#include "evidence/oci_client.h"

namespace assay::evidence {
namespace {

using namespace oci;  // NOLINT(google-build-using-namespace)

constexpr const char* kManifestType = "application/vnd.oci.image.manifest.v1+json";
constexpr const char* kEmptyType = "application/vnd.oci.empty.v1+json";
constexpr std::string_view kSha256 = "sha256:";

Error not_written(const std::string& path, std::string found, Text help = {}) {
  return evidence_error(kNotWritten, {"the bundle cannot be written", "无法写入证据包"}, path, std::move(found), {},
                        std::move(help));
}

Error no_artifact(const std::string& reference, std::string found) {
  return evidence_error(
      kNoArtifact, {"what lies there is no bundle", "该处存放的不是证据包"}, reference, std::move(found),
      {std::string("one layer of type ") + kBundleMediaType, std::string("单层，类型为 ") + kBundleMediaType},
      {"check repository and tag", "请核对仓库与标签"});
}

Error wrong_bytes(const std::string& what, const std::string& found, const std::string& expected) {
  return evidence_error(kWrongBytes, {"the registry gave other bytes than its digest says", "仓库返回的字节与摘要不符"},
                        what, found, {expected, expected},
                        {"do not use them; try again, or ask the issuer", "请勿使用；请重试或询问出具方"});
}

class File {
 public:
  File(const std::string& path, int flags) : fd_(open(path.c_str(), flags | O_CLOEXEC, 0644)) {}
  ~File() {
    if (fd_ >= 0) close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] std::int64_t size() const {
    struct stat info {};
    return fd_ >= 0 && fstat(fd_, &info) == 0 && S_ISREG(info.st_mode) ? info.st_size : -1;
  }

 private:
  int fd_;
};

Result<void> put_blob(Client& client, const std::string& digest, Request body) {
  ASSAY_TRY(const auto there, client.send({.method = "HEAD", .url = client.url("blobs/" + digest)}));
  if (there.status == 200) return {};
  ASSAY_TRY(const auto begun, client.send({.method = "POST", .url = client.url("blobs/uploads/")}));
  const auto location = begun.headers.find("location");
  if (begun.status != 202 || location == begun.headers.end())
    return client.refused(client.url("blobs/uploads/"), begun);
  ASSAY_TRY(body.url, client.resolve(location->second, "digest=" + digest));
  body.method = "PUT";
  body.content_type = "application/octet-stream";
  ASSAY_TRY(const auto done, client.send(body));
  if (done.status != 201) return client.refused(body.url, done);
  return {};
}

std::string artifact_of(const IntactBundle& bundle, const std::string& sha256, std::uint64_t bytes) {
  const std::string name = std::filesystem::path(bundle.zip->path()).filename().string();
  return canonical({{"schemaVersion", 2},
                    {"mediaType", kManifestType},
                    {"artifactType", kArtifactType},
                    {"config", {{"mediaType", kEmptyType}, {"digest", "sha256:" + sha256_hex("{}")}, {"size", 2}}},
                    {"layers",
                     {{{"mediaType", kBundleMediaType},
                       {"digest", "sha256:" + sha256},
                       {"size", bytes},
                       {"annotations", {{"org.opencontainers.image.title", name}}}}}},
                    {"annotations",
                     {{"assay.session", bundle.manifest.session},
                      {"assay.division", bundle.manifest.division},
                      {"assay.manifest.sha256", bundle.facts.manifest_sha256}}}});
}

struct Layer {
  std::string manifest_digest, sha256;
  std::uint64_t bytes = 0;
};

Result<Layer> layer_of(Client& client, const Reference& reference, const RegistryAccess& access) {
  const std::string which = reference.digest.empty() ? reference.tag : reference.digest;
  ASSAY_TRY(const auto got, client.send({.url = client.url("manifests/" + which), .accept = kManifestType}));
  if (got.status == 404)
    return evidence_error(kNotThere, {"the registry has no such bundle", "仓库中没有该证据包"}, reference.text(),
                          "status 404", {}, {"check repository and tag", "请核对仓库与标签"});
  if (got.status != 200) return client.refused(client.url("manifests/" + which), got);
  Layer out;
  out.manifest_digest = std::string(kSha256) + sha256_hex(got.body);
  if (!reference.digest.empty() && out.manifest_digest != reference.digest)
    return wrong_bytes(reference.text(), out.manifest_digest, reference.digest);
  const auto said = got.headers.find("docker-content-digest");
  if (said != got.headers.end() && said->second.starts_with(kSha256) && said->second != out.manifest_digest)
    return wrong_bytes(reference.text(), out.manifest_digest, said->second);
  auto json = parse_json(got.body, reference.text(), {.bytes = 1U << 20, .depth = 16, .nodes = 10'000});
  if (!json) return no_artifact(reference.text(), json.error().found);
  try {
    const Json& layers = json->at("layers");
    if (layers.size() != 1) return no_artifact(reference.text(), std::to_string(layers.size()) + " layers");
    const Json& layer = layers.at(0);
    if (layer.at("mediaType") != kBundleMediaType)
      return no_artifact(reference.text(), layer.at("mediaType").dump().substr(0, 200));
    const std::string digest = layer.at("digest");
    ASSAY_TRY(const auto size, integer_of(layer, "size", reference.text()));
    if (!digest.starts_with(kSha256) || !is_hex_digest(std::string_view(digest).substr(kSha256.size())) || size < 0)
      return no_artifact(reference.text(), digest.substr(0, 200));
    out.sha256 = digest.substr(kSha256.size());
    out.bytes = static_cast<std::uint64_t>(size);
  } catch (const Json::exception& exception) {
    return no_artifact(reference.text(), exception.what());
  }
  if (out.bytes > access.most_bytes)
    return evidence_error(
        kTooLarge, {"the bundle is larger than allowed", "证据包超出允许的大小"}, reference.text(),
        std::to_string(out.bytes) + " bytes",
        {"at most " + std::to_string(access.most_bytes), "不超过 " + std::to_string(access.most_bytes) + " 字节"},
        {"--max-mb allows more", "可用 --max-mb 放宽"});
  return out;
}

Result<void> append(int fd, std::string_view block, const std::string& path) {
  while (!block.empty()) {
    const ssize_t done = write(fd, block.data(), block.size());
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return not_written(path, std::strerror(errno));
    block.remove_prefix(static_cast<std::size_t>(done));
  }
  return {};
}

/// The bytes of the layer at the end of what `partial` holds already; the digest of all of them.
Result<std::string> fetch(Client& client, const Layer& layer, const std::string& partial, int fd, std::uint64_t from) {
  Sha256 digest;
  std::string block(kBlock, '\0');
  for (std::uint64_t at = 0; at < from;) {
    const ssize_t got =
        pread(fd, block.data(), std::min<std::uint64_t>(block.size(), from - at), static_cast<off_t>(at));
    if (got <= 0) return not_written(partial, std::strerror(errno));
    digest.update(std::string_view(block).substr(0, static_cast<std::size_t>(got)));
    at += static_cast<std::uint64_t>(got);
  }
  if (lseek(fd, static_cast<off_t>(from), SEEK_SET) < 0) return not_written(partial, std::strerror(errno));
  const std::string url = client.url("blobs/sha256:" + layer.sha256);
  const std::uint64_t rest = layer.bytes - from;
  if (rest == 0) return to_hex(digest.finish());
  ASSAY_TRY(
      const auto got,
      client.send(
          {.url = url, .bytes = rest, .from = from, .most = rest, .sink = [&](std::string_view bytes) -> Result<void> {
             digest.update(bytes);
             return append(fd, bytes, partial);
           }}));
  if (from > 0 && (got.status == 200 || got.status == 416)) {  // it gives no parts: from the beginning
    if (ftruncate(fd, 0) != 0) return not_written(partial, std::strerror(errno));
    return fetch(client, layer, partial, fd, 0);
  }
  if (got.status != (from > 0 ? 206 : 200)) return client.refused(url, got);
  return to_hex(digest.finish());
}

}  // namespace

Result<Transferred> push_bundle(const std::string& path, const std::string& reference, const RegistryAccess& access) {
  ASSAY_TRY(const auto where, reference_from(reference));
  if (!where.digest.empty())
    return evidence_error(kBadReference, {"a digest follows from the bytes", "摘要由内容决定，不能指定"}, reference,
                          where.digest, {"a tag", "标签"});
  ASSAY_TRY(const auto bundle, open_intact(path, false));
  ASSAY_TRY(const auto client, Client::create(where, access));
  ASSAY_TRY(const auto sha256, sha256_file(path));
  const File file(path, O_RDONLY);
  if (file.size() < 0) return not_written(path, std::strerror(errno));
  Transferred out{where.text(), {}, to_hex(sha256), static_cast<std::uint64_t>(file.size())};
  const std::string digest = std::string(kSha256) + out.bundle_sha256;
  ASSAY_TRY(const auto there, client->send({.method = "HEAD", .url = client->url("blobs/" + digest)}));
  out.was_there = there.status == 200;
  ASSAY_RETURN_IF_ERROR(put_blob(*client, std::string(kSha256) + sha256_hex("{}"), {.url = {}, .body = "{}"}));
  if (!out.was_there)
    ASSAY_RETURN_IF_ERROR(put_blob(*client, digest, {.url = {}, .fd = file.fd(), .bytes = out.bytes}));
  const std::string manifest = artifact_of(bundle, out.bundle_sha256, out.bytes);
  out.manifest_digest = std::string(kSha256) + sha256_hex(manifest);
  const std::string url = client->url("manifests/" + where.tag);
  ASSAY_TRY(const auto put,
            client->send({.method = "PUT", .url = url, .content_type = kManifestType, .body = manifest}));
  if (put.status != 201) return client->refused(url, put);
  return out;
}

Result<Transferred> pull_bundle(const std::string& reference, const std::string& path, const RegistryAccess& access) {
  ASSAY_TRY(const auto where, reference_from(reference));
  ASSAY_TRY(const auto client, Client::create(where, access));
  ASSAY_TRY(const auto layer, layer_of(*client, where, access));
  Transferred out{where.text(), layer.manifest_digest, layer.sha256, layer.bytes};
  if (::access(path.c_str(), F_OK) == 0) {
    const auto there = sha256_file(path);
    out.was_there = there && to_hex(*there) == layer.sha256;
    if (out.was_there) return out;
    return not_written(path, "another file stands there", {"name a new file", "请另取文件名"});
  }
  const std::string partial = path + "." + layer.sha256.substr(0, 12) + ".partial";
  const File file(partial, O_RDWR | O_CREAT | O_NOFOLLOW);
  if (file.size() < 0) return not_written(partial, std::strerror(errno));
  if (flock(file.fd(), LOCK_EX | LOCK_NB) != 0)
    return not_written(partial, "another pull writes it", {"wait for it", "请等待其完成"});
  std::error_code none;
  const auto room = std::filesystem::space(std::filesystem::absolute(partial).parent_path(), none);
  auto from = static_cast<std::uint64_t>(file.size());
  if (from > layer.bytes) from = 0;
  if (ftruncate(file.fd(), static_cast<off_t>(from)) != 0) return not_written(partial, std::strerror(errno));
  if (!none && room.available < layer.bytes - from)
    return not_written(
        partial, std::to_string(room.available >> 20) + " MiB free",
        {"free " + std::to_string(layer.bytes >> 20) + " MiB", "请腾出 " + std::to_string(layer.bytes >> 20) + " MiB"});
  out.resumed_at = from;
  ASSAY_TRY(const auto found, fetch(*client, layer, partial, file.fd(), from));
  if (found != layer.sha256) {
    unlink(partial.c_str());
    return wrong_bytes(where.text(), "sha256:" + found, "sha256:" + layer.sha256);
  }
  if (fsync(file.fd()) != 0 || std::rename(partial.c_str(), path.c_str()) != 0)
    return not_written(path, std::strerror(errno));
  const File folder(std::filesystem::absolute(path).parent_path().string(), O_RDONLY | O_DIRECTORY);
  if (folder.fd() >= 0) fsync(folder.fd());
  return out;
}

}  // namespace assay::evidence
