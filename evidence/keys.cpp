#include "evidence/keys.h"

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "core/sha256.h"
#include "evidence/errors.h"

namespace assay::evidence {
namespace {

/// The identity that GB/T 32918 and OpenSSL take where none is agreed.
constexpr std::string_view kSm2Identity = "1234567812345678";
constexpr std::size_t kMaxKeyFile = 1 << 16;

template <class T, void (*Free)(T*)>
struct Deleter {
  void operator()(T* pointer) const { Free(pointer); }
};
using Bio = std::unique_ptr<BIO, Deleter<BIO, BIO_free_all>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Deleter<EVP_PKEY_CTX, EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Deleter<EVP_MD_CTX, EVP_MD_CTX_free>>;

EVP_PKEY* raw(const std::shared_ptr<void>& handle) { return static_cast<EVP_PKEY*>(handle.get()); }

std::shared_ptr<void> own(EVP_PKEY* key) {
  return {static_cast<void*>(key), [](void* pointer) { EVP_PKEY_free(static_cast<EVP_PKEY*>(pointer)); }};
}

Error bad_key(const std::string& file, std::string found, Text expected) {
  ERR_clear_error();
  return evidence_error(kBadKey, {"the key cannot be used", "密钥不可用"}, file, std::move(found), std::move(expected),
                        {"make one with `assay key new FILE`", "请用 `assay key new 文件` 生成密钥"});
}

Error crypto_failed(const char* where) {
  const unsigned long code = ERR_get_error();
  char text[256] = "no reason given";
  if (code != 0) ERR_error_string_n(code, text, sizeof text);
  ERR_clear_error();
  return evidence_error(kCrypto, {"the cryptographic library failed", "密码库出错"}, where, text);
}

Text known_kinds() { return {"an Ed25519 or SM2 key in PEM", "PEM 格式的 Ed25519 或 SM2 密钥"}; }

/// A context ready to sign or verify; SM2 needs its identity before the start.
struct Signing {
  KeyContext key;  // after `digest` on destruction: the digest context refers to it
  DigestContext digest;
};
Signing prepare(EVP_PKEY* key, Algorithm algorithm, bool sign) {
  Signing out{nullptr, DigestContext(EVP_MD_CTX_new())};
  if (!out.digest) return {};
  const EVP_MD* md = nullptr;
  if (algorithm == Algorithm::sm2) {
    out.key.reset(EVP_PKEY_CTX_new(key, nullptr));
    if (!out.key ||
        EVP_PKEY_CTX_set1_id(out.key.get(), kSm2Identity.data(), static_cast<int>(kSm2Identity.size())) != 1)
      return {};
    EVP_MD_CTX_set_pkey_ctx(out.digest.get(), out.key.get());
    md = EVP_sm3();
  }
  const int ok = sign ? EVP_DigestSignInit(out.digest.get(), nullptr, md, nullptr, key)
                      : EVP_DigestVerifyInit(out.digest.get(), nullptr, md, nullptr, key);
  if (ok != 1) return {};
  return out;
}

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

/// What a key file holds, if only its owner can read it.
Result<std::string> read_private(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat info {};
  if (fd < 0 || fstat(fd, &info) != 0) {
    const int why = errno;
    if (fd >= 0) close(fd);
    return bad_key(path, std::strerror(why), {"a file that can be read", "可读的文件"});
  }
  std::string text(kMaxKeyFile, '\0');
  const bool regular = S_ISREG(info.st_mode);
  const ssize_t got = regular ? read(fd, text.data(), text.size()) : -1;
  close(fd);
  if (!regular) return bad_key(path, "not a regular file", {"a regular file", "普通文件"});
  if (info.st_uid != geteuid()) return bad_key(path, "another owner", {"a file of your own", "归您所有的文件"});
  if ((info.st_mode & 077) != 0)
    return bad_key(path, "readable by others", {"mode 0600: chmod 600 FILE", "权限 0600：chmod 600 文件"});
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return text;
}

}  // namespace

const char* to_string(Algorithm algorithm) { return algorithm == Algorithm::sm2 ? "sm2-sm3" : "ed25519"; }

Result<PublicKey> PublicKey::from_handle(std::shared_ptr<void> handle, const std::string& name) {
  PublicKey out;
  out.handle_ = std::move(handle);
  if (!out.handle_) return bad_key(name, "no key", known_kinds());
  if (EVP_PKEY_is_a(raw(out.handle_), "ED25519") == 1)
    out.algorithm_ = Algorithm::ed25519;
  else if (EVP_PKEY_is_a(raw(out.handle_), "SM2") == 1)
    out.algorithm_ = Algorithm::sm2;
  else
    return bad_key(name, "another kind of key", known_kinds());
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(raw(out.handle_), &der);
  if (size <= 0) return crypto_failed("i2d_PUBKEY");
  out.der_.assign(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return out;
}

Result<PublicKey> PublicKey::from_pem(const std::string& text, const std::string& name) {
  if (text.size() > kMaxKeyFile) return bad_key(name, "too large", known_kinds());
  const Bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  return from_handle(own(PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr)), name);
}

Result<PublicKey> PublicKey::from_der(const std::string& der, const std::string& name) {
  if (der.size() > kMaxKeyFile) return bad_key(name, "too large", known_kinds());
  const unsigned char* at = bytes_of(der);
  ASSAY_TRY(auto key, from_handle(own(d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size()))), name));
  // One key, one spelling: its id is the hash of these bytes.
  if (key.der_ != der) return bad_key(name, "not the canonical DER form", known_kinds());
  return key;
}

std::string PublicKey::pem() const {
  const Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PUBKEY(bio.get(), raw(handle_));
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string PublicKey::id() const { return sha256_hex(der_); }

bool PublicKey::verify(std::string_view message, std::string_view signature) const {
  const auto context = prepare(raw(handle_), algorithm_, false);
  const bool good = context.digest && EVP_DigestVerify(context.digest.get(), bytes_of(signature), signature.size(),
                                                       bytes_of(message), message.size()) == 1;
  ERR_clear_error();
  return good;
}

Result<PrivateKey> PrivateKey::generate(Algorithm algorithm) {
  EVP_PKEY* key = algorithm == Algorithm::sm2 ? EVP_PKEY_Q_keygen(nullptr, nullptr, "SM2")
                                              : EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  if (key == nullptr) return crypto_failed("EVP_PKEY_Q_keygen");
  PrivateKey out;
  ASSAY_TRY(out.public_, PublicKey::from_handle(own(key), "new key"));
  return out;
}

Result<PrivateKey> PrivateKey::load(const std::string& path) {
  ASSAY_TRY(auto text, read_private(path));
  const Bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  // No passphrase is asked for: a prompt would hang a laboratory's script.
  const auto no_passphrase = [](char*, int, int, void*) { return -1; };
  EVP_PKEY* key = PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr);
  OPENSSL_cleanse(text.data(), text.size());
  PrivateKey out;
  ASSAY_TRY(out.public_, PublicKey::from_handle(own(key), path));
  return out;
}

Result<void> PrivateKey::save(const std::string& path) const {
  const Bio bio(BIO_new(BIO_s_secmem()));
  if (PEM_write_bio_PKCS8PrivateKey(bio.get(), raw(public_.handle_), nullptr, nullptr, 0, nullptr, nullptr) != 1)
    return crypto_failed("PEM_write_bio_PKCS8PrivateKey");
  char* data = nullptr;
  const auto size = static_cast<std::size_t>(BIO_get_mem_data(bio.get(), &data));
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  const bool written = fd >= 0 && write(fd, data, size) == static_cast<ssize_t>(size) && fsync(fd) == 0;
  const int why = errno;
  if (fd >= 0) close(fd);
  if (written) return {};
  return evidence_error(kKeyNotWritten, {"the key file cannot be written", "无法写入密钥文件"}, path,
                        std::strerror(why), {"a file that does not exist yet", "尚不存在的文件"});
}

Result<std::string> PrivateKey::sign(std::string_view message) const {
  const auto context = prepare(raw(public_.handle_), public_.algorithm_, true);
  std::size_t size = 0;
  if (!context.digest || EVP_DigestSign(context.digest.get(), nullptr, &size, bytes_of(message), message.size()) != 1)
    return crypto_failed("EVP_DigestSign");
  std::string signature(size, '\0');
  if (EVP_DigestSign(context.digest.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes_of(message),
                     message.size()) != 1)
    return crypto_failed("EVP_DigestSign");
  signature.resize(size);
  return signature;
}

}  // namespace assay::evidence
