// Reads an MJCF file and what it includes into one element tree.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "suites/mjcf.h"

namespace assay {
namespace {

namespace fs = std::filesystem;
using tinyxml2::XMLElement;

struct Reader {
  const MjcfCaps& caps;
  Mjcf& into;
  fs::path folder;  ///< of the main file: MuJoCo resolves every include against it
  std::size_t bytes = 0;
  int elements = 0;
  std::set<std::string> seen{};
};

Result<std::string> read_text(Reader& reader, const std::string& path, const Place& from) {
  std::error_code code;
  const auto missing = [&](Text what) {
    return mjcf_error(450, std::move(what), from, path, {"check the path and the file", "请检查路径和文件"});
  };
  if (!fs::exists(path, code)) return missing({"model file not found", "找不到模型文件"});
  if (!fs::is_regular_file(path, code)) return missing({"model file is not a regular file", "模型文件不是普通文件"});
  const auto size = fs::file_size(path, code);
  if (code) return missing({"model file cannot be read", "无法读取模型文件"});
  reader.bytes += size;
  if (reader.bytes > reader.caps.bytes)
    return mjcf_error(
        451,
        {fmt::format("model text is larger than {} MiB", reader.caps.bytes >> 20),
         fmt::format("模型文本超过 {} MiB", reader.caps.bytes >> 20)},
        {path, 0, 0}, fmt::format("{} bytes", reader.bytes),
        {"put meshes, height fields and textures into files of their own", "请把网格、高度场和纹理放进单独的文件"});
  std::ifstream stream(path, std::ios::binary);
  std::string text(size, '\0');
  if (!stream.read(text.data(), static_cast<std::streamsize>(size)))
    return missing({"model file cannot be read", "无法读取模型文件"});
  return text;
}

Error refused_markup(const Place& place, std::string found) {
  return mjcf_error(
      453, {"document types, entities and processing instructions are refused", "不接受文档类型声明、实体和处理指令"},
      place, std::move(found), {"remove the line", "请删除这一行"});
}

Error syntax_error(const tinyxml2::XMLDocument& document, const std::string& path, const MjcfCaps& caps) {
  if (document.ErrorID() == tinyxml2::XML_ELEMENT_DEPTH_EXCEEDED)
    return mjcf_error(451,
                      {fmt::format("elements are nested more than {} deep", caps.depth),
                       fmt::format("元素嵌套超过 {} 层", caps.depth)},
                      {path, document.ErrorLineNum(), 0}, "", {"flatten the model", "请减少嵌套"});
  if (document.ErrorID() == tinyxml2::XML_ERROR_PARSING_DECLARATION)
    return refused_markup({path, document.ErrorLineNum(), 0}, "<?…?>");
  return mjcf_error(452, {"not well-formed XML", "XML 格式不正确"}, {path, document.ErrorLineNum(), 0},
                    tinyxml2::XMLDocument::ErrorIDToName(document.ErrorID()),
                    {"close every tag, quote every attribute", "请检查标签是否闭合、属性值是否加引号"});
}

/// Entities and document types have no use in MJCF and are how XML bombs are built.
Result<void> refuse_markup(const tinyxml2::XMLNode* node, const std::string& path) {
  for (const auto* child = node->FirstChild(); child; child = child->NextSibling()) {
    const bool instruction = child->ToDeclaration() && std::string_view(child->Value()).substr(0, 3) != "xml";
    if (child->ToUnknown() || instruction)
      return refused_markup({path, child->GetLineNum(), 0}, std::string(child->Value()).substr(0, 60));
    ASSAY_RETURN_IF_ERROR(refuse_markup(child, path));
  }
  return {};
}

Result<void> read_children(Reader& reader, const XMLElement* source, const std::string& path, XMLElement* parent,
                           int depth);

Result<std::unique_ptr<tinyxml2::XMLDocument>> parse(Reader& reader, const std::string& path, const Place& from) {
  ASSAY_TRY(const auto text, read_text(reader, path, from));
  auto document = std::make_unique<tinyxml2::XMLDocument>();
  if (document->Parse(text.data(), text.size()) != tinyxml2::XML_SUCCESS)
    return syntax_error(*document, path, reader.caps);
  ASSAY_RETURN_IF_ERROR(refuse_markup(document.get(), path));
  if (!document->RootElement())
    return mjcf_error(452, {"the file holds no XML element", "文件中没有 XML 元素"}, {path, 1, 0});
  reader.into.files.push_back(path);
  return document;
}

Result<void> include(Reader& reader, const XMLElement* element, const std::string& path, XMLElement* parent,
                     int depth) {
  const Place place{path, element->GetLineNum(), 0};
  const char* file = element->Attribute("file");
  if (!file || !*file)
    return mjcf_error(455, {"<include> names no file", "<include> 没有指定文件"}, place, "",
                      {"write file=\"…\"", "请写 file=\"…\""});
  const auto target = fs::weakly_canonical(reader.folder / file).string();
  if (!reader.seen.insert(target).second)
    return mjcf_error(
        455, {"a file is included twice or includes itself", "同一文件被重复包含或包含了自身"}, place, file,
        {"MuJoCo takes each file once: remove one <include>", "MuJoCo 只允许每个文件出现一次，请删除多余的 <include>"});
  if (static_cast<int>(reader.seen.size()) > reader.caps.files)
    return mjcf_error(451,
                      {fmt::format("more than {} files included", reader.caps.files),
                       fmt::format("包含的文件超过 {} 个", reader.caps.files)},
                      place, file);
  ASSAY_TRY(const auto document, parse(reader, target, place));
  return read_children(reader, document->RootElement(), target, parent, depth);
}

Result<void> read_children(Reader& reader, const XMLElement* source, const std::string& path, XMLElement* parent,
                           int depth) {
  for (const auto* child = source->FirstChildElement(); child; child = child->NextSiblingElement()) {
    if (tag_of(child) == "include") {
      ASSAY_RETURN_IF_ERROR(include(reader, child, path, parent, depth));
      continue;
    }
    if (++reader.elements > reader.caps.elements || depth > reader.caps.depth)
      return mjcf_error(
          451,
          {fmt::format("more than {} elements, or nested more than {} deep", reader.caps.elements, reader.caps.depth),
           fmt::format("元素超过 {} 个，或嵌套超过 {} 层", reader.caps.elements, reader.caps.depth)},
          {path, child->GetLineNum(), 0});
    auto* copy = parent->InsertNewChildElement(child->Name());
    for (const auto* a = child->FirstAttribute(); a; a = a->Next()) copy->SetAttribute(a->Name(), a->Value());
    reader.into.places[copy] = {path, child->GetLineNum(), 0};
    ASSAY_RETURN_IF_ERROR(read_children(reader, child, path, copy, depth + 1));
  }
  return {};
}

}  // namespace

Result<Mjcf> read_mjcf(const std::string& path, const MjcfCaps& caps) {
  Mjcf mjcf;
  std::error_code code;
  mjcf.path = fs::weakly_canonical(fs::absolute(path, code), code).string();
  mjcf.document = std::make_unique<tinyxml2::XMLDocument>();
  Reader reader{caps, mjcf, fs::path(mjcf.path).parent_path()};
  reader.seen.insert(mjcf.path);
  ASSAY_TRY(const auto document, parse(reader, mjcf.path, {mjcf.path, 0, 0}));
  const auto* root = document->RootElement();
  if (tag_of(root) != "mujoco") {
    auto error = mjcf_error(454, {"the file is not MJCF", "文件不是 MJCF"}, {mjcf.path, root->GetLineNum(), 0},
                            fmt::format("<{}>", tag_of(root)),
                            {"a URDF must first be saved as MJCF (MuJoCo's `compile` sample does it)",
                             "URDF 须先另存为 MJCF（可用 MuJoCo 的 compile 示例程序）"});
    error.expected = {"<mujoco> as the outermost element", "最外层元素为 <mujoco>"};
    return error;
  }
  auto* copy = mjcf.document->NewElement("mujoco");
  mjcf.document->InsertEndChild(copy);
  mjcf.places[copy] = {mjcf.path, root->GetLineNum(), 0};
  if (const auto* model = root->Attribute("model")) copy->SetAttribute("model", model);
  ASSAY_RETURN_IF_ERROR(read_children(reader, root, mjcf.path, copy, 1));
  ASSAY_RETURN_IF_ERROR(check_grammar(mjcf));
  return mjcf;
}

}  // namespace assay
