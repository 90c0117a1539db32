#include "cli/standing.h"

#include "evidence/verify.h"

namespace assay::cli {

Result<std::vector<std::string>> standing_remarks(const std::string& session, const StandingRequest& request) {
  const auto v = evidence::verify_bundle(request.bundle, {.trust = request.trust,
                                                          .state_register = request.state_register,
                                                          .today = to_rfc3339(utc_now()).substr(0, 10),
                                                          .recompute = false});
  for (const auto* answer : {&v.intact, &v.signer, &v.current})
    if (answer->state == evidence::State::broken && answer->why) return *answer->why;
  if (!v.facts || v.facts->session != session || !v.standing)
    return Error{
        .id = 1153,
        .what = {"the register says nothing of this session that can be believed", "登记册对本次检测没有可采信的记载"},
        .place = {request.state_register},
        .expected = {"a bundle of session " + session + " and a register by signers of the trust list",
                     "检测 " + session + " 的证据包，及由信任列表中人员签名的登记册"},
        .found = (v.facts ? v.facts->session : request.bundle) + ": " + v.current.line.en,
        .help = {"give --bundle, --register and --trust together", "请同时给出 --bundle、--register 与 --trust"}};
  std::vector<std::string> out = {"state: " + v.current.line.en + " / 状态：" + v.current.line.zh};
  for (const auto& line : evidence::lines_of(*v.standing)) out.push_back(line.en + " / " + line.zh);
  return out;
}

}  // namespace assay::cli
