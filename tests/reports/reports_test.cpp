#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

#include "reports/chart.h"
#include "reports/html_page.h"
#include "reports/report.h"
#include "tests/reports/golden.h"
#include "tests/reports/page.h"
#include "tests/reports/sample_model.h"

namespace assay::reports {
namespace {

using testing::HasSubstr;
using testing::Not;

/// What a reader of one language sees: the other's elements dropped, then all tags.
std::string seen_in(std::string html, Lang lang) {
  html = without_charts(html);
  for (const std::string name : {"style", "title"}) {  // by hand: a regular expression recurses over the whole sheet
    const auto from = html.find("<" + name + ">"), to = html.find("</" + name + ">");
    if (from < to && to != std::string::npos) html.erase(from, to - from);
  }
  const std::string other = lang == Lang::zh ? "en" : "zh";
  html = std::regex_replace(html, std::regex("<(span|div) class=\"" + other + "\"[^>]*>[^<]*</\\1>"), "");
  return std::regex_replace(html, std::regex("<[^>]*>"), "\n");
}

TEST(HtmlWithoutScope, IsATypedError) {
  const auto html = to_html(sample_model(), Lang::en);
  ASSERT_FALSE(html.ok());
  EXPECT_EQ(html.error().id, 801);
}

TEST(Json, Golden) { expect_golden("report.json", to_json(sample_model())); }

TEST(Json, IsOneObjectWithSortedKeysAndSchemas) {
  const std::string text = to_json(sample_model());
  const auto parsed = nlohmann::json::parse(text);  // nlohmann::json keeps keys sorted
  EXPECT_EQ(parsed.dump(2) + "\n", text);
  EXPECT_EQ(parsed["schema"], "assay.report/1");
  EXPECT_EQ(parsed["grade"]["schema"], "assay.grade/1");
  EXPECT_EQ(parsed["plan"]["schema"], "assay.plan/3");
  EXPECT_EQ(parsed["trials"].size(), sample_model().trials.size());
  EXPECT_EQ(parsed["trials"].back()["outcome"], nullptr);
  EXPECT_EQ(parsed["subject"]["vendor"], "某某机器人 \"X\"");
  EXPECT_EQ(parsed["subject"]["model"], "A7'\xEF\xBF\xBD\x1b");
}

TEST(Csv, Golden) { expect_golden("trials.csv", to_csv(sample_model())); }

/// A reader of RFC 4180, apart from the writer.
std::vector<std::vector<std::string>> read_csv(const std::string& text) {
  std::vector<std::vector<std::string>> rows(1, std::vector<std::string>(1));
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    auto& field = rows.back().back();
    if (quoted && c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
      field += text[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && c == ',') {
      rows.back().emplace_back();
    } else if (!quoted && c == '\r' && text[i + 1] == '\n') {
      ++i;
      rows.emplace_back(1);
    } else {
      field += c;
    }
  }
  rows.pop_back();
  return rows;
}

TEST(Csv, ReadsBackWithUnits) {
  auto model = sample_model();
  model.trials[0].invalid_reason = "a,b\r\n\"c\"";
  const auto rows = read_csv(to_csv(model));
  ASSERT_EQ(rows.size(), model.trials.size() + 1);
  for (const auto& row : rows) ASSERT_EQ(row.size(), rows[0].size());
  const auto column = [&](const std::string& name) {
    const auto at = std::find(rows[0].begin(), rows[0].end(), name);
    EXPECT_NE(at, rows[0].end()) << name;
    return static_cast<std::size_t>(at - rows[0].begin());
  };
  EXPECT_EQ(rows[1][column("invalid_reason")], "a,b\r\n\"c\"");
  EXPECT_EQ(rows[8][column("invalid_by")], "王芳");
  EXPECT_EQ(rows[1][column("completion_time v1 [s] (simulator)")], "4.125");
  EXPECT_EQ(rows[21][column("completion_time v1 [s] (simulator)")], "");
  EXPECT_EQ(rows.back()[column("outcome")], "");
  EXPECT_EQ(rows.back()[column("finished")], "false");
}

TEST_F(Html, Golden) { expect_golden("report.zh.html", without_charts(page(sample_model(), Lang::zh))); }

TEST_F(Html, GoldenEnglishFirst) {
  expect_golden("report.en.html", without_charts(page(sample_model("self"), Lang::en)));
}

TEST_F(Html, TwoRendersAreEqual) { EXPECT_EQ(page(sample_model(), Lang::zh), page(sample_model(), Lang::zh)); }

TEST_F(Html, DataCannotBecomeMarkup) {
  const std::string html = page(sample_model(), Lang::en);
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; Co"));
  EXPECT_THAT(html, Not(HasSubstr("<b>\n")));
  EXPECT_THAT(html, HasSubstr("7.2 &lt;b&gt;"));
  EXPECT_EQ(html.find('\x1b'), std::string::npos);
  EXPECT_EQ(html.find('\xff'), std::string::npos);
  EXPECT_EQ(escaped("a\xE2\x80\xAE"
                    "b"),
            "a\xEF\xBF\xBD"
            "b");  // a mark that turns the reading direction
}

TEST_F(Html, LoadsNothingFromOutside) {
  const std::string html = page(sample_model(), Lang::en);
  for (const auto* bad :
       {"src=", "url(", "@import", "<link", "<iframe", "http://www.w3.org/1999/xlink", "href=\"http"}) {
    EXPECT_THAT(html, Not(HasSubstr(bad)));
  }
  EXPECT_THAT(html, HasSubstr("default-src 'none'"));
}

TEST_F(Html, BothLanguagesSayEverything) {
  const std::string html = page(sample_model(), Lang::en);
  const auto count = [&](const std::string& what) {
    std::size_t n = 0;
    for (std::size_t at = html.find(what); at != std::string::npos; at = html.find(what, at + 1)) ++n;
    return n;
  };
  EXPECT_GT(count("<span class=\"en\""), 200U);
  EXPECT_EQ(count("<span class=\"en\""), count("<span class=\"zh\""));
  EXPECT_EQ(count("<div class=\"en\""), count("<div class=\"zh\""));
  for (const auto* empty : {"lang=\"en\"></span>", "lang=\"zh-CN\"></span>", "<td></td>", "<dd></dd>", "<h2></h2>"}) {
    EXPECT_THAT(html, Not(HasSubstr(empty)));
  }
  const std::string english = seen_in(html, Lang::en), chinese = seen_in(html, Lang::zh);
  for (const auto* text : {"has shown level L1 Basic", "It certifies nothing", "Why not L2", "hard limit broken",
                           "end of report", "started only", "after the outcome was seen", "For demonstration"}) {
    EXPECT_THAT(english, HasSubstr(text));
    EXPECT_THAT(chinese, Not(HasSubstr(text)));
  }
  for (const auto* text : {"已证明达到的等级为：L1 基础", "不构成任何认证", "为何未达到 L2", "突破硬限值", "报告结束",
                           "仅有开始记录", "在结果揭示之后", "仅供演示"}) {
    EXPECT_THAT(chinese, HasSubstr(text));
    EXPECT_THAT(english, Not(HasSubstr(text)));
  }
}

TEST_F(Html, ListsEveryTrialWithAnchor) {
  const auto model = sample_model();
  const std::string html = page(model, Lang::en);
  for (const auto& trial : model.trials) {
    EXPECT_THAT(html, HasSubstr("<tr id=\"trial-" + std::to_string(trial.number) + "\""));
  }
  EXPECT_THAT(html, HasSubstr("<a href=\"#trial-" + std::to_string(model.why_not.items[0].failed_trials[0]) + "\">"));
}

TEST_F(Html, DivisionsDifferInTheirNotice) {
  EXPECT_THAT(page(sample_model("lab"), Lang::en), Not(HasSubstr("certifies nothing")));
  EXPECT_THAT(page(sample_model("self"), Lang::en), HasSubstr("It certifies nothing."));
  EXPECT_THAT(page(sample_model("dev"), Lang::en), HasSubstr("seeds of its own choice"));
  EXPECT_THAT(page(sample_model("unheard-of"), Lang::en), HasSubstr("certifies nothing"));
}

TEST_F(Html, AnEmptySessionStillMakesAPage) {
  const std::string html = page({}, Lang::zh);
  EXPECT_THAT(html, HasSubstr("未能证明达到任何等级"));
  EXPECT_THAT(html, HasSubstr("无测量值"));
  EXPECT_THAT(html, Not(HasSubstr("lang=\"en\"></span>")));
}

TEST_F(Html, ChartsShowStateByShapeWordAndNumber) {
  const auto model = sample_model();
  const std::string ladder = ladder_svg(model.grade, model.scheme, Lang::en);
  EXPECT_THAT(ladder, HasSubstr("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" role=\"img\""));
  EXPECT_THAT(ladder, HasSubstr("conforms"));
  EXPECT_THAT(ladder, HasSubstr("does not conform"));
  EXPECT_THAT(ladder, HasSubstr("(examined for)"));
  EXPECT_THAT(ladder_svg(model.grade, model.scheme, Lang::zh), HasSubstr("未能判定"));
  const std::string interval = interval_svg(model.grade.indicators[0], Lang::en);
  EXPECT_THAT(interval, HasSubstr("limit ≥ 0.8<"));
  EXPECT_THAT(section_of(page(model, Lang::en), "results"), HasSubstr("<b>1.000</b> [0.829, 1.000]"));
  const std::string walk = walk_svg(model.grade.indicators[1], model.plan.indicators[1].design, Lang::en);
  EXPECT_THAT(walk, HasSubstr("refuse boundary: not shown"));
  EXPECT_THAT(walk, HasSubstr("cumulative failures"));
  EXPECT_THAT(walk_svg(model.grade.indicators[2], {}, Lang::zh), HasSubstr("累计失败数"));
  EXPECT_THAT(section_of(page(model, Lang::en), "walks"), HasSubstr("没有已计数的试验"));
}

TEST_F(Html, WalkSaysWhatItCounts) {
  const auto model = sample_model();
  const auto& x = model.grade.indicators[1];
  const std::string walk = walk_svg(x, model.plan.indicators[1].design, Lang::en);
  EXPECT_THAT(section_of(page(model, Lang::en), "walks"),
              HasSubstr(std::to_string(x.n) + " counted trials: " + std::to_string(x.successes) + " succeeded"));
  EXPECT_THAT(walk, HasSubstr("cumulative failures and sequential boundaries</title>"));
}

/// Every colour that a chart is painted with has its rule in the style sheet, or a dark page would lose it.
TEST_F(Html, EveryChartColourFollowsTheTheme) {
  const auto model = sample_model();
  const std::string css = style_sheet();
  std::string charts = ladder_svg(model.grade, model.scheme, Lang::en);
  for (std::size_t i = 0; i < model.grade.indicators.size(); ++i) {
    charts += interval_svg(model.grade.indicators[i], Lang::en);
    charts += walk_svg(model.grade.indicators[i], model.plan.indicators[i].design, Lang::en);
  }
  charts += latency_svg({1e-5, 2e-5, 3e-5}, Lang::en);
  charts += svg_of(pareto_chart(model.trials, Lang::en));
  charts += forest_svg({{{"a", "a"}, 4, 0.1, -0.2, 0.3, Contrast::Verdict::first}}, "A", "B", Lang::en);
  charts += svg_of(timeline_chart({1, {}, Outcome::failure, 2, {{"held", {{0.5, 1}}}}, {{1, "done"}}}, Lang::en));
  const std::regex painted("(fill|stroke)=\"#[0-9a-f]{6}\"");
  int found = 0;
  for (std::sregex_iterator at(charts.begin(), charts.end(), painted), end; at != end; ++at, ++found) {
    EXPECT_THAT(css, HasSubstr(".chart [" + at->str() + "]"));
  }
  EXPECT_GT(found, 100);
}

}  // namespace
}  // namespace assay::reports
