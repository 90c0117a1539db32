// The report on paper: which sections, and how they become a PDF.
#include <fmt/format.h>

#include <QBuffer>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QPdfWriter>

#include "reports/checklist.h"
#include "reports/html_page.h"
#include "reports/pdf_parts.h"

namespace assay::reports {
namespace {

Result<void> can_paint() {
  if (qGuiApp != nullptr) {
    for (const auto* family : {"Liberation Sans", "WenQuanYi Micro Hei"})
      if (!QFontDatabase::hasFamily(QString::fromLatin1(family)))
        return Error{.id = 725,
                     .what = {"a font of the report is missing", "缺少报告所用字体"},
                     .expected = {family, family},
                     .found = "not installed",
                     .help = {"install fonts-liberation and fonts-wqy-microhei",
                              "请安装 fonts-liberation 与 fonts-wqy-microhei"}};
    return {};
  }
  return Error{.id = 801,
               .what = {"charts cannot be painted", "无法绘制图表"},
               .expected = {"a GuiScope around the writer", "在 GuiScope 作用域内调用"},
               .found = "no QGuiApplication",
               .help = {"report this: the program called its own writer wrongly", "请反馈此问题：程序内部调用有误"}};
}

Result<std::string> pdf_of(Sheet& sheet, const PageFrame& frame, const std::string& title) {
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  {
    QPdfWriter writer(&buffer);
    writer.setPageSize(QPageSize(QPageSize::A4));
    writer.setPageMargins(QMarginsF(0, 0, 0, 0));
    writer.setResolution(720);
    writer.setTitle(QString::fromStdString(title));
    writer.setCreator(QStringLiteral("Assay"));
    sheet.paint(writer, frame);
  }
  if (!bytes.startsWith("%PDF-") || !bytes.contains("%%EOF"))
    return Error{.id = 724,
                 .what = {"the PDF could not be written", "无法生成 PDF"},
                 .expected = {"a whole document", "完整的文档"},
                 .found = fmt::format("{} bytes", bytes.size()),
                 .help = {"check the memory of the machine", "请检查机器内存"}};
  return bytes.toStdString();
}

PageFrame frame_of(const ReportModel& model, const Document& document, Lang first) {
  return {document.title, document.watermark, number_of(model), prevailing_text(model, first)};
}

}  // namespace

Result<std::string> to_pdf(const ReportModel& model, Languages languages, Lang first) {
  ASSAY_RETURN_IF_ERROR(can_paint());
  Sheet sheet(languages, first);
  cover(sheet, model);
  notices(sheet, model);
  conclusion(sheet, model);
  item(sheet, model);
  basis(sheet, model);
  equipment(sheet, model);
  results(sheet, model);
  safety(sheet, model);
  latency(sheet, model);
  gap_to_next_level(sheet, model);
  trials(sheet, model);
  uncertainty(sheet, model);
  amendments(sheet, model);
  completeness(sheet, model);
  verification(sheet, model);
  sheet.end_mark();
  const Document document = document_of(model);
  return pdf_of(sheet, frame_of(model, document, first), document.title.in(first) + " " + number_of(model));
}

Result<std::string> to_certificate_draft(const ReportModel& model, Languages languages, Lang first) {
  ASSAY_RETURN_IF_ERROR(can_paint());
  Sheet sheet(languages, first);
  const Document document{
      {"Certificate (draft)", "证书（草案）"}, {}, {}, {"DRAFT – NOT A CERTIFICATE", "草案 非证书"}};
  sheet.gap(900);
  sheet.centred(document.title, 26, true, ink::kText);
  sheet.gap(500);
  sheet.centred(conclusion_of(model), 12, true, ink::kText);
  sheet.gap(500);
  const auto& subject = model.subject;
  const auto or_dash = [](const std::string& text) { return text.empty() ? std::string("–") : text; };
  sheet.facts({{{"Product", "产品"}, filled(subject.title, subject.id)},
               {{"Vendor", "制造商"}, or_dash(subject.vendor)},
               {{"Model", "型号"}, or_dash(subject.model)},
               {{"Serial number", "编号"}, or_dash(subject.serial)},
               {{"Software", "软件"}, or_dash(subject.software)},
               {{"Scheme", "认证方案"},
                Text{filled(model.scheme.title, model.scheme.id).en + " " + model.scheme.version,
                     filled(model.scheme.title, model.scheme.id).zh + " " + model.scheme.version}},
               {{"Level shown", "已证明等级"}, level_text(model.scheme, model.grade.overall_level)},
               {{"Scope", "范围"}, title_of_scope(model)},
               {{"Rests on report", "依据报告"}, number_of(model) + "  SHA-256 " + digest_of(model)}});
  sheet.gap(300);
  sheet.note(
      {"Assay issues reports, not certificates. A certificate is the decision of a certification body; this page "
       "only drafts what it could say. It holds for the sample that was tested and states no period of validity.",
       "本程序出具报告，不颁发证书。是否发证由认证机构决定；本页仅为证书内容的草案，只针对所检样品，不含有效期。"});
  return pdf_of(sheet, frame_of(model, document, first), document.title.in(first) + " " + number_of(model));
}

}  // namespace assay::reports
