// The report on paper: what a reader and a program find in it, and that it is the same every time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <regex>
#include <vector>

#include "reports/chart.h"
#include "reports/checklist.h"
#include "reports/qr.h"
#include "tests/reports/forms.h"
#include "tests/reports/golden.h"
#include "tests/reports/page.h"

namespace assay::reports {
namespace {

using testing::HasSubstr;
using testing::Not;

class Pdf : public Html {
 protected:
  static std::string bytes(const ReportModel& model, Languages languages, Lang first) {
    const auto out = to_pdf(model, languages, first);
    EXPECT_TRUE(out.ok());
    return out.ok() ? *out : "";
  }

  /// What pdftotext (poppler-utils) reads, page by page.
  static std::string text_of(const std::string& pdf, const std::string& how = "") {
    const auto path = std::filesystem::temp_directory_path() / ("assay-pdf-test-" + std::to_string(getpid()) + ".pdf");
    std::ofstream(path, std::ios::binary) << pdf;
    std::string out;
    FILE* pipe = popen(("pdftotext " + how + " -enc UTF-8 '" + path.string() + "' -").c_str(), "r");
    EXPECT_NE(pipe, nullptr);
    char buffer[4096];
    for (std::size_t n = 0; pipe != nullptr && (n = fread(buffer, 1, sizeof buffer, pipe)) > 0;) out.append(buffer, n);
    EXPECT_EQ(pclose(pipe), 0) << "pdftotext: install poppler-utils";
    std::filesystem::remove(path);
    return out;
  }

  static int pages_of(const std::string& text) { return static_cast<int>(std::count(text.begin(), text.end(), '\f')); }

  /// Line ends are where the page is narrow.
  static std::string joined(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
  }
};

/// The text without what depends on how wide a font draws a word: order of words, not of lines.
TEST_F(Pdf, GoldenTexts) {
  expect_golden("conforming.both.pdf.txt", text_of(bytes(conforming_model(), Languages::both, Lang::zh)));
  expect_golden("unsafe.zh.pdf.txt", text_of(bytes(unsafe_model(), Languages::one, Lang::zh)));
  expect_golden("measured.en.pdf.txt", text_of(bytes(measured_model(), Languages::one, Lang::en)));
}

TEST_F(Pdf, SameModelSameBytesButForTheDate) {
  const std::regex date(R"(/CreationDate \(D:[0-9]{14}[^)]*\))");
  const auto stamped = [&](const std::string& pdf) {
    EXPECT_EQ(std::distance(std::sregex_iterator(pdf.begin(), pdf.end(), date), std::sregex_iterator()), 1);
    return std::regex_replace(pdf, date, "/CreationDate");
  };
  const auto first = bytes(conforming_model(), Languages::both, Lang::zh);
  sleep(1);  // so that the date differs
  const auto second = bytes(conforming_model(), Languages::both, Lang::zh);
  EXPECT_TRUE(stamped(first) == stamped(second));
}

TEST_F(Pdf, EveryPageHasNumberPageAndKindOfDocument) {
  for (const auto* division : {"lab", "self", "dev"}) {
    auto model = closed_model(division);
    model.particulars = sample_particulars();
    const std::string text = text_of(bytes(model, Languages::one, Lang::en));
    const int pages = pages_of(text);
    ASSERT_GT(pages, 3);
    std::size_t from = 0;
    for (int i = 1; i <= pages; ++i) {
      const std::size_t end = text.find('\f', from);
      const std::string page = text.substr(from, end - from);
      EXPECT_THAT(page, HasSubstr("No. EB-2026-0001"));
      std::string close = page;  // a narrow space is no space to pdftotext
      close.erase(std::remove(close.begin(), close.end(), ' '), close.end());
      EXPECT_THAT(close, HasSubstr("\n" + std::to_string(i) + "/" + std::to_string(pages) + "\n"));
      EXPECT_THAT(page, HasSubstr(document_of(model).title.en));
      from = end + 1;
    }
    EXPECT_THAT(text, HasSubstr("End of report"));
  }
}

TEST_F(Pdf, ChineseAndDigitsSurviveCopying) {
  const std::string text = joined(text_of(bytes(conforming_model(), Languages::both, Lang::zh)));
  for (const auto* words : {"检测报告", "Test report", "EB-2026-0001", "示例检测中心", "已证明达到的等级为：L1",
                            "报告结束", "中英文不一致时，以中文为准。", "has shown level L1 Basic", "不得部分复制"})
    EXPECT_THAT(text, HasSubstr(words));
  for (const auto* broken : {"⼈", "⼒", "⾝", "⽴", "⽅", "⾯", "ﬁ", "\xEF\xBF\xBD"})
    EXPECT_THAT(text, Not(HasSubstr(broken)));
}

TEST_F(Pdf, OneLanguageIsOneLanguage) {
  const std::string english = text_of(bytes(conforming_model(), Languages::one, Lang::en));
  for (const auto* word : {"检测", "符合", "试验", "报告"}) EXPECT_THAT(english, Not(HasSubstr(word)));
  const std::string chinese = text_of(bytes(conforming_model(), Languages::one, Lang::zh));
  for (const auto* word : {"Conclusion", "conforms", "Verdict", "trials"}) EXPECT_THAT(chinese, Not(HasSubstr(word)));
}

TEST_F(Pdf, ListsEveryTrialAndRepeatsTheHeader) {
  auto model = not_conforming_model();
  for (int i = 0; i < 120; ++i)
    model.trials.push_back(sample_trial(1000 + i, "logistics/pick", 1, 500 + i, Outcome::success, "goal_reached"));
  const std::string pdf = bytes(model, Languages::one, Lang::en);
  const std::string text = text_of(pdf);
  // Row by row as it stands on the page, several spaces as one.
  const std::string rows = std::regex_replace(text_of(pdf, "-layout"), std::regex("[ \f]+"), " ");
  for (const auto& trial : model.trials)
    EXPECT_THAT(rows, HasSubstr("\n " + std::to_string(trial.number) + " " + trial.task)) << trial.number;
  std::size_t headers = 0;
  for (std::size_t at = text.find("Digest, first 12"); at != std::string::npos;
       at = text.find("Digest, first 12", at + 1))
    ++headers;
  EXPECT_GE(headers, 4U);
  EXPECT_THAT(joined(text), HasSubstr("camera <moved>, \"again\" · 王芳"));
}

TEST_F(Pdf, TwoHundredLongWordsBreakInsteadOfRunningOut) {
  auto model = conforming_model();
  model.subject.serial = std::string(200, 'W');
  model.remarks = {std::string(5000, 'x')};
  const std::string text = text_of(bytes(model, Languages::both, Lang::en));
  // Cut text would be missing from the page's text box by box.
  EXPECT_EQ(std::count(text.begin(), text.end(), 'x') >= 5000, true);
  EXPECT_GE(std::count(text.begin(), text.end(), 'W'), 200);
}

TEST_F(Pdf, AnEmptySessionStillMakesADocument) {
  const std::string text = joined(text_of(bytes({}, Languages::both, Lang::zh)));
  EXPECT_THAT(text, HasSubstr("未能证明达到任何等级"));
  EXPECT_THAT(text, HasSubstr("End of report"));
}

TEST_F(Pdf, ACertificateIsOnlyADraft) {
  const auto draft = to_certificate_draft(conforming_model(), Languages::both, Lang::en);
  ASSERT_TRUE(draft.ok());
  const std::string text = joined(text_of(*draft));
  EXPECT_EQ(pages_of(text_of(*draft)), 1);
  EXPECT_THAT(text, HasSubstr("Certificate (draft)"));
  EXPECT_THAT(text, HasSubstr("issues reports, not certificates"));
}

TEST(PdfWithoutScope, IsATypedError) {
  const auto pdf = to_pdf(conforming_model(), Languages::both, Lang::en);
  ASSERT_FALSE(pdf.ok());
  EXPECT_EQ(pdf.error().id, 801);
}

TEST_F(Pdf, ChartsPaintTheSameOnAnyPainter) {
  const auto model = not_conforming_model();
  const Chart chart = ladder_chart(model.grade, model.scheme, Lang::en);
  EXPECT_EQ(svg_of(chart), ladder_svg(model.grade, model.scheme, Lang::en));
  QImage image(chart.width, chart.height, QImage::Format_RGB32);
  image.fill(Qt::white);
  QPainter painter(&image);
  paint(chart, painter, QRectF(0, 0, chart.width, chart.height));
  painter.end();
  int painted = 0;
  for (int y = 0; y < image.height(); ++y)
    for (int x = 0; x < image.width(); ++x) painted += image.pixelColor(x, y) != Qt::white ? 1 : 0;
  EXPECT_GT(painted, chart.width * chart.height / 10);
}

TEST_F(Pdf, ParetoCountsFailuresAndLeavesOutInvalidTrials) {
  const auto model = unsafe_model();
  const std::string svg = svg_of(pareto_chart(model.trials, Lang::en));
  EXPECT_THAT(svg, HasSubstr("cumulative share"));
  EXPECT_THAT(svg, HasSubstr("100 %"));
  std::vector<TrialRecord> good(3, sample_trial(1, "a/b", 1, 0, Outcome::success, "goal_reached"));
  EXPECT_FALSE(pareto_chart(good, Lang::en).paint);
  good[1].verdict.outcome = Outcome::failure;
  good[1].validity = Validity::invalid;
  EXPECT_FALSE(pareto_chart(good, Lang::en).paint);
}

TEST_F(Pdf, ForestNamesBothSidesAndSaysWhereThereAreNoLimits) {
  const std::vector<Contrast> rows{{{"sort", "分拣"}, 40, 0.2, 0.05, 0.4, Contrast::Verdict::first},
                                   {{"carry", "搬运"}, 9, {}, {}, {}, {}}};
  const std::string svg = forest_svg(rows, "S-1", "S-2", Lang::en);
  for (const auto* words : {"S-1 better", "S-2 better", "+0.20 [+0.05, +0.40]  n=40", "no limits  n=9"})
    EXPECT_THAT(svg, HasSubstr(words));
}

TEST(Qr, HoldsVersionSizeAndFinders) {
  const auto code = qr_modules("ASSAY/1 NO=EB-2026-0001 SHA256=" + std::string(64, 'a'));
  ASSERT_GE(code.size(), 21U);
  EXPECT_EQ((code.size() - 17) % 4, 0U);
  for (std::size_t i = 0; i < 7; ++i) {
    EXPECT_TRUE(code[0][i]);
    EXPECT_TRUE(code[code.size() - 1][i]);
    EXPECT_TRUE(code[i][code.size() - 1]);
  }
  EXPECT_TRUE(qr_modules(std::string(5000, 'x')).empty());
}

}  // namespace
}  // namespace assay::reports
