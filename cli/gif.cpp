#include "cli/gif.h"

#include <fcntl.h>
#include <gif_lib.h>

#include <algorithm>
#include <array>
#include <utility>

namespace assay::cli {
namespace {

constexpr int kColors = 256;

Error cannot(const std::string& path, int code) {
  const char* text = GifErrorString(code);
  return Error{.id = 727,
               .what = {"the GIF cannot be written", "GIF 无法写入"},
               .place = {path},
               .found = text == nullptr ? "unknown" : text,
               .help = {"check disk space and permissions", "请检查磁盘空间与权限"}};
}

class GiflibFile : public GifFile {
 public:
  GiflibFile(std::string path, int width, int height) : path_(std::move(path)), width_(width), height_(height) {}
  ~GiflibFile() override {
    int ignored = 0;
    if (file_ != nullptr) EGifCloseFile(file_, &ignored);
  }

  Result<void> open() {
    int code = 0;
    // By hand: giflib would make the file for its owner alone.
    const int descriptor = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (descriptor >= 0) file_ = EGifOpenFileHandle(descriptor, &code);
    if (file_ == nullptr) return cannot(path_, code == 0 ? E_GIF_ERR_OPEN_FAILED : code);
    EGifSetGifVersion(file_, true);
    return {};
  }

  Result<void> add(const std::string& rgb, int centiseconds) override {
    const auto pixels = static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_);
    if (!started_) {
      if (auto begun = begin(rgb); !begun) return begun;
    }
    GraphicsControlBlock control{};
    control.DelayTime = centiseconds;
    control.TransparentColor = NO_TRANSPARENT_COLOR;
    std::array<GifByteType, 4> extension{};
    EGifGCBToExtension(&control, extension.data());
    if (EGifPutExtension(file_, GRAPHICS_EXT_FUNC_CODE, 4, extension.data()) == GIF_ERROR ||
        EGifPutImageDesc(file_, 0, 0, width_, height_, false, nullptr) == GIF_ERROR)
      return cannot(path_, file_->Error);
    std::vector<GifByteType> line(static_cast<std::size_t>(width_));
    for (std::size_t i = 0; i < pixels; ++i) {
      line[i % line.size()] = nearest(rgb, i);
      if ((i + 1) % line.size() == 0 && EGifPutLine(file_, line.data(), width_) == GIF_ERROR)
        return cannot(path_, file_->Error);
    }
    return {};
  }

  Result<void> close() override {
    int code = 0;
    GifFileType* file = std::exchange(file_, nullptr);
    if (EGifCloseFile(file, &code) == GIF_ERROR) return cannot(path_, code);
    return {};
  }

 private:
  /// Palette from the first frame (giflib's median cut), screen, and the sign to play it over and over.
  Result<void> begin(const std::string& rgb) {
    const auto pixels = static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_);
    std::vector<GifByteType> red(pixels), green(pixels), blue(pixels), out(pixels);
    for (std::size_t i = 0; i < pixels; ++i) {
      red[i] = static_cast<GifByteType>(rgb[3 * i]);
      green[i] = static_cast<GifByteType>(rgb[3 * i + 1]);
      blue[i] = static_cast<GifByteType>(rgb[3 * i + 2]);
    }
    int count = kColors;
    if (GifQuantizeBuffer(static_cast<unsigned>(width_), static_cast<unsigned>(height_), &count, red.data(),
                          green.data(), blue.data(), out.data(), colors_.data()) == GIF_ERROR)
      return cannot(path_, E_GIF_ERR_NOT_ENOUGH_MEM);
    const std::unique_ptr<ColorMapObject, decltype(&GifFreeMapObject)> map(GifMakeMapObject(kColors, colors_.data()),
                                                                           &GifFreeMapObject);
    if (!map || EGifPutScreenDesc(file_, width_, height_, 8, 0, map.get()) == GIF_ERROR)
      return cannot(path_, file_->Error);
    const std::array<GifByteType, 3> forever{1, 0, 0};
    if (EGifPutExtensionLeader(file_, APPLICATION_EXT_FUNC_CODE) == GIF_ERROR ||
        EGifPutExtensionBlock(file_, 11, "NETSCAPE2.0") == GIF_ERROR ||
        EGifPutExtensionBlock(file_, 3, forever.data()) == GIF_ERROR || EGifPutExtensionTrailer(file_) == GIF_ERROR)
      return cannot(path_, file_->Error);
    started_ = true;
    return {};
  }

  /// Dithered by a fixed 4 × 4 pattern, so that even walls and floors show no bands and still frames stay still.
  /// Remembered per colour of 6 bits a channel: the search runs once for each.
  GifByteType nearest(const std::string& rgb, std::size_t pixel) {
    constexpr std::array<int, 16> kPattern{0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5};
    const auto width = static_cast<std::size_t>(width_);
    const int shift = kPattern[(pixel / width % 4) * 4 + pixel % width % 4] - 8;
    const auto channel = [&](std::size_t i) {
      return std::clamp(static_cast<int>(static_cast<unsigned char>(rgb[3 * pixel + i])) + shift, 0, 255);
    };
    const int r = channel(0), g = channel(1), b = channel(2);
    int& known = cache_[static_cast<std::size_t>(((r >> 2) << 12) | ((g >> 2) << 6) | (b >> 2))];
    if (known >= 0) return static_cast<GifByteType>(known);
    int best = 0, least = 1 << 30;
    for (int i = 0; i < kColors; ++i) {
      const auto& c = colors_[static_cast<std::size_t>(i)];
      const int dr = c.Red - r, dg = c.Green - g, db = c.Blue - b, distance = dr * dr + dg * dg + db * db;
      if (distance >= least) continue;
      least = distance;
      best = i;
    }
    known = best;
    return static_cast<GifByteType>(best);
  }

  std::string path_;
  int width_, height_;
  GifFileType* file_ = nullptr;
  bool started_ = false;
  std::array<GifColorType, kColors> colors_{};
  std::vector<int> cache_ = std::vector<int>(1 << 18, -1);
};

}  // namespace

Result<std::unique_ptr<GifFile>> GifFile::create(const std::string& path, int width, int height) {
  auto out = std::make_unique<GiflibFile>(path, width, height);
  ASSAY_RETURN_IF_ERROR(out->open());
  return std::unique_ptr<GifFile>(std::move(out));
}

}  // namespace assay::cli
