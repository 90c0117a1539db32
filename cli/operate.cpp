#include "cli/operate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "cli/control.h"

namespace assay::cli {
namespace {

using nlohmann::json;

std::string both(const App& app, const json& text) {
  const std::string en = text.value("en", ""), zh = text.value("zh", "");
  return app.lang == Lang::zh ? zh + "  |  " + en : en + "  |  " + zh;
}

void say(const std::string& line) { std::fprintf(stderr, "%s\n", line.c_str()); }

std::optional<std::string> read_line(const std::string& question) {
  std::fprintf(stderr, "%s ", question.c_str());
  std::fflush(stderr);
  std::string line;
  if (!std::getline(std::cin, line)) return std::nullopt;
  return line;
}

void show_card(const App& app, const json& prompt) {
  const json card = prompt.value("card", json::object());
  say(fmt::format("\n== {} {}: {} L{} #{} ==", app.say("trial", "试验"), prompt.value("trial", 0),
                  both(app, card.value("title", json::object())), prompt.value("level", 0), prompt.value("index", 0)));
  int number = 0;
  for (const auto& step : card.value("steps", json::array())) say(fmt::format("  {}. {}", ++number, both(app, step)));
  for (const auto& what : card.value("not_set", json::array()))
    say(fmt::format("  – {}: {}", app.say("leave as it is", "不作改动"), both(app, what)));
  say(fmt::format("  {}: {}", app.say("tell the robot", "对机器人下达"),
                  both(app, card.value("instruction", json::object()))));
  say(fmt::format("  {}: {:g} s", app.say("time limit", "时限"), card.value("time_limit_s", 0.0)));
}

/// y, n, or nothing for "not seen".
std::optional<std::optional<bool>> yes_no(const App& app, const std::string& what, bool must) {
  const std::string words = must ? "y/n" : app.say("y/n, empty: not seen", "y/n，空：未看清");
  for (;;) {
    const auto line = read_line(fmt::format("{} [{}]", what, words));
    if (!line) return std::nullopt;
    if (*line == "y" || *line == "Y") return std::optional<bool>(true);
    if (*line == "n" || *line == "N") return std::optional<bool>(false);
    if (line->empty() && !must) return std::optional<bool>();
    say(fmt::format("{}: {}", app.say("not understood; enter", "无法识别；请输入"), words));
  }
}

/// In s, at least 0.
std::optional<double> duration(const App& app) {
  for (;;) {
    const auto line = read_line(app.say("how long did it take, in s?", "用时多少秒？"));
    if (!line) return std::nullopt;
    char* end = nullptr;
    const double value_s = std::strtod(line->c_str(), &end);
    if (end != line->c_str() && *end == '\0' && std::isfinite(value_s) && value_s >= 0) return value_s;
    say(app.say("not understood; enter a number, as 12.5", "无法识别；请输入数字，如 12.5"));
  }
}

/// What decides: how long it took, if the run did not see it, and whether it was done. False: no more input.
bool ask_outcome(const App& app, const json& prompt, json& out) {
  const json card = prompt.value("card", json::object());
  bool over = prompt.value("over_time", false);
  if (prompt.contains("time_s") && prompt["time_s"].is_null()) {
    const auto took_s = duration(app);
    if (!took_s) return false;
    out["time_s"] = *took_s;
    over = *took_s > card.value("time_limit_s", 0.0);
  }
  if (over)
    say(app.say("the time limit was passed: it is no success; say what held at that moment",
                "已超过时限：不能记为成功；请录入到时限时的情形"));
  for (;;) {
    const auto done = yes_no(
        app,
        app.say("was the task done, as the card says?", "任务是否按卡片要求完成？") + " " + card.value("success", ""),
        true);
    if (!done) return false;
    out["success"] = **done;
    if (!**done || !over) return true;
    say(app.say("enter n: the time limit is over", "请输入 n：已超过时限"));
  }
}

/// What was seen, item by item; empty: no more input.
std::optional<json> entry(const App& app, const json& prompt) {
  const json card = prompt.value("card", json::object());
  json out = {{"act", "enter"}, {"subgoals", json::object()}, {"checks", json::object()}, {"limits", json::object()}};
  if (!ask_outcome(app, prompt, out)) return std::nullopt;
  const auto ask = [&](const char* key, const Text& title, const json& names) {
    for (const auto& one : names) {
      const std::string name = one.value("id", "");
      const std::string words = one.contains("words") ? both(app, one["words"]) : one.value("what", "");
      const auto said = yes_no(app, fmt::format("{} {} ({})", app.say(title), name, words), false);
      if (!said) return false;
      if (*said) out[key][name] = **said;
    }
    return true;
  };
  if (!ask("subgoals", {"step reached:", "子目标已达到："}, card.value("subgoals", json::array())) ||
      !ask("checks", {"check held:", "检查项成立："}, card.value("checks", json::array())) ||
      !ask("limits", {"limit BROKEN:", "限值被突破："}, card.value("limits", json::array())))
    return std::nullopt;
  const auto remark = read_line(app.say("remark (may be empty):", "备注（可为空）："));
  if (!remark) return std::nullopt;
  out["remark"] = *remark;
  return out;
}

/// Empty and `ended` not set: the operator thought better of it.
std::optional<json> without_trial(const App& app, const json& prompt, const char* act, bool& ended) {
  const auto known = prompt.value("reasons", std::vector<std::string>{});
  say(fmt::format("{} {}", app.say("reasons (empty: back):", "原因代码（空：返回）："), fmt::join(known, " ")));
  for (;;) {
    const auto reason = read_line(app.say("reason:", "原因："));
    ended = !reason;
    if (!reason || reason->empty()) return std::nullopt;
    if (std::find(known.begin(), known.end(), *reason) != known.end()) return json{{"act", act}, {"reason", *reason}};
    say(fmt::format("{}: {}", *reason, app.say("not one of the reasons above", "不在上述原因代码之中")));
  }
}

/// The act that a line of the operator means; empty: ask again. `ended` is set when there is no more input.
std::optional<json> act_of(const App& app, const json& prompt, const std::string& kind, bool& ended) {
  const auto simple = [](const char* act) { return std::optional<json>(json{{"act", act}}); };
  std::string question;
  if (kind == "set_up")
    question = app.say("scene is set up: ok | c cannot do | i invalid >", "场景已布置：ok | c 无法完成 | i 作废 >");
  else if (kind == "arm")
    question = app.say("first act: nobody is in the zone: clear | c cannot do | i invalid >",
                       "第一步：确认区域内无人：clear | c 无法完成 | i 作废 >");
  else if (kind == "armed")
    question = app.say("second act: let the robot act: go | b back | i invalid >",
                       "第二步：启动机器人：go | b 返回 | i 作废 >");
  else if (kind == "acting")
    question = app.say("the robot acts; when it has ended: end | i invalid (before you judge) >",
                       "机器人运行中；结束时：end | i 作废（在判定之前）>");
  else if (kind == "entry")
    question = app.say("enter what was seen: e | i invalid (counts as a failure now) >",
                       "录入所见：e | i 作废（此时按失败计）>");
  else
    question =
        app.say("entered; within 5 s: u takes it back; enter: go on >", "已录入；5 秒内可输入 u 撤回；回车继续 >");
  const auto line = read_line(question);
  if (!line) {
    ended = true;
    return std::nullopt;
  }
  if (*line == "i" && kind != "undo") return without_trial(app, prompt, "invalid", ended);
  if (*line == "c" && (kind == "set_up" || kind == "arm")) return without_trial(app, prompt, "cannot", ended);
  if (*line == "ok" && kind == "set_up") return simple("ready");
  if (*line == "clear" && kind == "arm") return simple("zone_clear");
  if (*line == "go" && kind == "armed") return simple("go");
  if (*line == "b" && kind == "armed") return simple("back");
  if (*line == "end" && kind == "acting") return simple("ended");
  if (*line == "u" && kind == "undo") return simple("undo");
  if (*line == "e" && kind == "entry") {
    auto out = entry(app, prompt);
    ended = !out;
    return out;
  }
  if (!line->empty() || kind != "undo")
    say(fmt::format("\"{}\": {}", *line,
                    app.say("not one of the words that stand before \">\"", "不是“>”之前所列的输入")));
  return std::nullopt;
}

/// The run's answer. What it refuses of an entry is asked again, the rest kept.
bool send(const App& app, const std::string& session, const json& prompt, json act) {
  for (;;) {
    const auto taken = tell_run(app.workspace, session, act);
    if (taken) return true;
    say(to_string(taken.error(), app.lang));
    if (taken.error().id != 924 || act.value("act", "") != "enter") return true;
    const auto again =
        yes_no(app, app.say("correct the outcome, and keep the rest?", "更正结果并保留其余录入？"), true);
    if (!again) return false;
    if (!**again) return true;
    if (!ask_outcome(app, prompt, act)) return false;
  }
}

}  // namespace

bool answer_prompt(const App& app, const std::string& session, const json& prompt, const std::string& by,
                   std::int64_t& shown) {
  const std::string kind = prompt.value("kind", "");
  const auto trial = prompt.value("trial", std::int64_t{0});
  if (shown != trial) show_card(app, prompt);  // also of a trial that another terminal began
  shown = trial;
  bool ended = false;
  auto act = act_of(app, prompt, kind, ended);
  if (ended) return false;
  if (!act) return true;
  (*act)["do"] = "answer";
  (*act)["prompt"] = prompt.value("id", "");
  (*act)["by"] = by;
  return send(app, session, prompt, std::move(*act));
}

}  // namespace assay::cli
