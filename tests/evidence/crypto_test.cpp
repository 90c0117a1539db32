#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "core/random.h"
#include "core/sha256.h"
#include "evidence/dsse.h"
#include "evidence/keys.h"

namespace assay::evidence {
namespace {

std::string temporary(const std::string& name) {
  const auto path = std::filesystem::temp_directory_path() / ("assay_crypto_" + std::to_string(getpid()) + "_" + name);
  std::filesystem::remove(path);
  return path.string();
}

TEST(Base64, KnownTextsAndTheirOneSpelling) {
  const std::pair<const char*, const char*> kCases[] = {{"", ""},
                                                        {"f", "Zg=="},
                                                        {"fo", "Zm8="},
                                                        {"foo", "Zm9v"},
                                                        {"foob", "Zm9vYg=="},
                                                        {"fooba", "Zm9vYmE="},
                                                        {"foobar", "Zm9vYmFy"}};  // RFC 4648 §10
  for (const auto& [plain, coded] : kCases) {
    EXPECT_EQ(base64(plain), coded);
    EXPECT_EQ(unbase64(coded), std::optional<std::string>(plain));
  }
  for (const char* bad : {"Zg=", "Zg", "Zh==", "Zm9", "Zm9v\n", "Z===", "====", "Zm8=Zm9v", "Zm-v", "Zg==Zg=="})
    EXPECT_FALSE(unbase64(bad)) << bad;
}

TEST(Dsse, PreAuthenticationEncodingOfThePublishedExample) {
  EXPECT_EQ(pae("http://example.com/HelloWorld", "hello world"),
            "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
  EXPECT_EQ(pae(kPayloadType, ""), "DSSEv1 28 application/vnd.in-toto+json 0 ");
}

TEST(Digests, PublishedValues) {
  const auto abc = digests("abc");
  EXPECT_EQ(abc.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");  // FIPS 180-4
  EXPECT_EQ(abc.sm3, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");     // GB/T 32905 A.1
  EXPECT_EQ(digests("123456789").crc32, 0xCBF43926U);
  EXPECT_EQ(digests("abc", Digests::sha256).sm3, "");
}

class EveryAlgorithm : public ::testing::TestWithParam<Algorithm> {};

TEST_P(EveryAlgorithm, SignsSavesLoadsAndSeesEveryChange) {
  const auto key = PrivateKey::generate(GetParam());
  ASSERT_TRUE(key.ok()) << to_string(key.error(), Lang::en);
  const std::string path = temporary(to_string(GetParam()));
  ASSERT_TRUE(key->save(path).ok());
  EXPECT_FALSE(key->save(path).ok()) << "an existing key is never overwritten";
  const auto again = PrivateKey::load(path);
  ASSERT_TRUE(again.ok()) << to_string(again.error(), Lang::en);
  EXPECT_EQ(again->public_key().id(), key->public_key().id());
  const std::string message = "statement";
  const auto signature = again->sign(message);
  ASSERT_TRUE(signature.ok()) << to_string(signature.error(), Lang::en);
  const auto known = PublicKey::from_pem(key->public_key().pem(), "pem");
  ASSERT_TRUE(known.ok());
  EXPECT_EQ(known->algorithm(), GetParam());
  EXPECT_TRUE(known->verify(message, *signature));
  for (std::size_t i = 0; i < signature->size(); ++i) {
    std::string bent = *signature;
    bent[i] = static_cast<char>(bent[i] ^ 1);
    EXPECT_FALSE(known->verify(message, bent)) << i;
  }
  EXPECT_FALSE(known->verify(message, *signature + "x"));
  EXPECT_FALSE(known->verify(message, ""));
  EXPECT_FALSE(known->verify("Statement", *signature));
  EXPECT_FALSE(PublicKey::from_der(key->public_key().der() + "x", "der").ok());
  std::filesystem::remove(path);
}

INSTANTIATE_TEST_SUITE_P(Keys, EveryAlgorithm, ::testing::Values(Algorithm::ed25519, Algorithm::sm2));

TEST(Keys, FilesThatOthersCanReadAreRefused) {
  const auto key = PrivateKey::generate(Algorithm::ed25519);
  const std::string path = temporary("mode");
  ASSERT_TRUE(key->save(path).ok());
  struct stat info {};
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0600);
  for (const mode_t mode : {0640, 0604, 0660, 0601}) {
    chmod(path.c_str(), mode);
    const auto loaded = PrivateKey::load(path);
    ASSERT_FALSE(loaded.ok());
    EXPECT_EQ(loaded.error().id, 1101);
  }
  chmod(path.c_str(), 0400);
  EXPECT_TRUE(PrivateKey::load(path).ok());
  std::filesystem::remove(path);
  EXPECT_FALSE(PrivateKey::load(path).ok());
  EXPECT_FALSE(PrivateKey::load("/dev/zero").ok());
  EXPECT_FALSE(PrivateKey::load("/tmp").ok());
  std::ofstream(path) << "-----BEGIN PRIVATE KEY-----\nnonsense\n-----END PRIVATE KEY-----\n";
  chmod(path.c_str(), 0600);
  EXPECT_EQ(PrivateKey::load(path).error().id, 1101);
  std::filesystem::remove(path);
}

TEST(Dsse, EnvelopesHaveOneSpelling) {
  const auto key = PrivateKey::generate(Algorithm::ed25519), other = PrivateKey::generate(Algorithm::ed25519);
  const auto envelope = sign_envelope(R"({"_type":"x"})", *key);
  ASSERT_TRUE(envelope.ok());
  const std::string line = to_line(*envelope);
  const auto read = envelope_from_line(line, "line");
  ASSERT_TRUE(read.ok()) << to_string(read.error(), Lang::en);
  EXPECT_TRUE(is_signed_by(*read, key->public_key()));
  EXPECT_FALSE(is_signed_by(*read, other->public_key()));
  Envelope bent = *read;
  bent.payload += " ";
  EXPECT_FALSE(is_signed_by(bent, key->public_key()));
  for (std::size_t i = 0; i < line.size(); ++i) {
    std::string changed = line;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    const auto found = envelope_from_line(changed, "line");
    EXPECT_FALSE(found.ok() && is_signed_by(*found, key->public_key())) << i;
  }
  for (const std::string& bad :
       {std::string(), std::string("{}"), std::string("[]"), " " + line, line + " ", std::string(100'000, '['),
        line.substr(0, line.size() / 2), "{\"payload\":1}" + std::string()})
    EXPECT_FALSE(envelope_from_line(bad, "line").ok());
}

TEST(Json, CapsAndRepeatedKeys) {
  EXPECT_TRUE(parse_json(R"({"a":{"a":[1,2]}})", "t").ok());
  EXPECT_FALSE(parse_json(R"({"a":1,"a":2})", "t").ok());
  EXPECT_FALSE(parse_json(std::string(1'000'000, '['), "t").ok());
  std::string deep;
  for (int i = 0; i < 200'000; ++i) deep += R"({"a":)";
  EXPECT_FALSE(parse_json(deep, "t").ok());
  std::string wide = "[0";
  for (int i = 0; i < 5000; ++i) wide += ",0";
  EXPECT_FALSE(parse_json(wide + "]", "t", {.nodes = 1000}).ok());
  EXPECT_FALSE(parse_json("\"\xff\"", "t").ok());
}

}  // namespace
}  // namespace assay::evidence
