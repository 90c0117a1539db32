// bundle push, bundle pull: through a registry that speaks the OCI distribution API.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/registry.h"
#include "evidence/oci.h"

namespace assay::cli {
namespace {

struct RegistryOptions {
  std::string file, reference;
  evidence::RegistryAccess access;
  std::uint64_t max_mb = 65'536;
};

/// A line that is written over, on a terminal; nothing elsewhere.
void show_progress(const App& app, evidence::RegistryAccess& access) {
  if (app.quiet || isatty(STDERR_FILENO) == 0) return;
  access.progress = [last = std::uint64_t{101}](std::uint64_t done, std::uint64_t all) mutable {
    const std::uint64_t percent = all == 0 ? 100 : 100 * done / all;
    if (percent == last) return;
    last = percent;
    std::fprintf(stderr, "\r%3d %%%s", static_cast<int>(percent), percent == 100 ? "\r     \r" : "");
  };
}

int tell(const App& app, const char* schema, const std::string& file, const evidence::Transferred& t) {
  const std::string name = t.reference.substr(0, t.reference.find('@'));
  const auto tag = name.find(':', name.find('/'));
  const std::string pinned = name.substr(0, tag) + "@" + t.manifest_digest;
  if (app.json) {
    print_json({{"schema", schema},
                {"file", file},
                {"reference", t.reference},
                {"pinned", pinned},
                {"bundle_sha256", t.bundle_sha256},
                {"bytes", t.bytes},
                {"resumed_at", t.resumed_at},
                {"was_there", t.was_there}});
    return kConforms;
  }
  std::printf("%s  %s\n", file.c_str(), pinned.c_str());
  std::printf("%s\n", fmt::format(fmt::runtime(app.say("{} bytes, sha256 {}{}", "{} 字节，sha256 {}{}")), t.bytes,
                                  t.bundle_sha256,
                                  t.was_there        ? app.say("; was there already", "；原已存在")
                                  : t.resumed_at > 0 ? app.say("; taken up where it stopped", "；由中断处续传")
                                                     : std::string())
                          .c_str());
  return kConforms;
}

int do_push(const App& app, const RegistryOptions& o) {
  evidence::RegistryAccess access = o.access;
  show_progress(app, access);
  const auto done = evidence::push_bundle(o.file, o.reference, access);
  return done ? tell(app, "assay.bundle_pushed/1", o.file, *done) : fail(app, done.error());
}

int do_pull(const App& app, const RegistryOptions& o) {
  evidence::RegistryAccess access = o.access;
  access.most_bytes = o.max_mb << 20;
  show_progress(app, access);
  const auto done = evidence::pull_bundle(o.reference, o.file, access);
  return done ? tell(app, "assay.bundle_pulled/1", o.file, *done) : fail(app, done.error());
}

}  // namespace

void add_bundle_registry_commands(CLI::App& bundle, App& app, Action& run) {
  const auto o = std::make_shared<RegistryOptions>();
  const auto bind = [&app, &run, o](CLI::App* command, int (*action)(const App&, const RegistryOptions&)) {
    command->callback([&app, &run, o, action] { run = [&app, o, action] { return action(app, *o); }; });
  };
  const auto shared = [&app, o](CLI::App* command) {
    command->add_option("--token-file", o->access.token_file,
                        app.say("file, mode 0600, one line: `basic USER:PASSWORD` or `bearer TOKEN`",
                                "文件，权限 0600，一行：`basic 用户:口令` 或 `bearer 令牌`"));
    command->add_option("--ca", o->access.ca_file,
                        app.say("authorities to trust in place of the system's (PEM)", "代替系统的证书机构（PEM）"));
    command->add_flag(
        "--plain-http", o->access.plain_http,
        app.say("without TLS; beyond this machine without a secret, too", "不使用 TLS；非本机时也不发送凭据"));
  };
  const std::string where =
      app.say("HOST[:PORT]/REPOSITORY[:TAG][@sha256:DIGEST]", "主机[:端口]/仓库[:标签][@sha256:摘要]");
  auto* push =
      bundle.add_subcommand("push", app.say("an intact bundle into an OCI registry", "将完整的证据包推送到 OCI 仓库"));
  push->add_option("file", o->file, app.say("bundle", "证据包"))->required();
  push->add_option("reference", o->reference, where)->required();
  shared(push);
  bind(push, do_push);
  auto* pull = bundle.add_subcommand("pull", app.say("a bundle out of an OCI registry; then `bundle verify` it",
                                                     "从 OCI 仓库取回证据包；随后请 `bundle verify`"));
  pull->add_option("reference", o->reference, where)->required();
  pull->add_option("-o,--output", o->file, app.say("a new file", "新文件"))->required();
  pull->add_option("--max-mb", o->max_mb, app.say("largest bundle that is taken [MiB]", "接受的最大证据包 [MiB]"))
      ->check(CLI::Range(1, 1 << 24))
      ->capture_default_str();
  shared(pull);
  bind(pull, do_pull);
}

}  // namespace assay::cli
