// Pages of a model, for tests, and their parts.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "reports/report.h"

namespace assay::reports {

/// The page without charts, whose text is laid out by whatever fonts there are.
inline std::string without_charts(const std::string& html) {
  std::string out;
  std::size_t from = 0;
  while (true) {
    const std::size_t at = html.find("<svg xmlns", from);
    out += html.substr(from, at == std::string::npos ? at : at - from);
    if (at == std::string::npos) return out;
    out += "[chart]";
    from = html.find("</svg>", at) + 6;
  }
}

inline std::string page(const ReportModel& model, Lang first) {
  auto html = to_html(model, first);
  EXPECT_TRUE(html.ok());
  return html.ok() ? *html : "";
}

/// The part of a page with this id.
inline std::string section_of(const std::string& html, const std::string& id) {
  const std::size_t from = html.find("<section id=\"" + id + "\">");
  EXPECT_NE(from, std::string::npos) << id;
  return from == std::string::npos ? "" : html.substr(from, html.find("</section>", from) - from);
}

class Html : public testing::Test {
 protected:
  static void SetUpTestSuite() { scope_ = new GuiScope; }
  static void TearDownTestSuite() {
    delete scope_;
    scope_ = nullptr;
  }
  inline static GuiScope* scope_ = nullptr;
};

}  // namespace assay::reports
