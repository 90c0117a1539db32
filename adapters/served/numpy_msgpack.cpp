#include "adapters/served/numpy_msgpack.h"

#include <cmath>
#include <cstring>
#include <msgpack.hpp>
#include <nlohmann/json.hpp>

namespace assay::served {
namespace {

using msgpack::object;

constexpr std::size_t kMostElements = 65'536, kMostKeys = 1024, kLongestText = 1u << 20, kLongestBin = 64u << 20;
constexpr std::size_t kDeepest = 16;

Error garbled(const std::string& detail) { return bad_answer("policy_garbled", detail); }

/// Keys are STR in maps that people write, and BIN in an array's.
bool is_key(const object& key, std::string_view name) {
  if (key.type == msgpack::type::STR) return std::string_view(key.via.str.ptr, key.via.str.size) == name;
  if (key.type == msgpack::type::BIN) return std::string_view(key.via.bin.ptr, key.via.bin.size) == name;
  return false;
}

const object* member(const object& map, std::string_view name) {
  if (map.type != msgpack::type::MAP) return nullptr;
  for (std::uint32_t i = 0; i < map.via.map.size; ++i)
    if (is_key(map.via.map.ptr[i].key, name)) return &map.via.map.ptr[i].val;
  return nullptr;
}

bool number(const object& from, double& out) {
  switch (from.type) {
    case msgpack::type::FLOAT32:
    case msgpack::type::FLOAT64:
      out = from.via.f64;
      return true;
    case msgpack::type::POSITIVE_INTEGER:
      out = static_cast<double>(from.via.u64);
      return true;
    case msgpack::type::NEGATIVE_INTEGER:
      out = static_cast<double>(from.via.i64);
      return true;
    default:
      return false;
  }
}

template <class T>
void spread(const char* data, std::size_t count, std::vector<double>& out) {
  out.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    T value;
    std::memcpy(&value, data + i * sizeof(T), sizeof(T));
    out.push_back(static_cast<double>(value));
  }
}

Result<std::vector<std::size_t>> shape_of(const object* shape) {
  if (shape == nullptr || shape->type != msgpack::type::ARRAY || shape->via.array.size > 4)
    return garbled("an array without a shape of at most four dimensions");
  std::vector<std::size_t> out;
  for (std::uint32_t i = 0; i < shape->via.array.size; ++i) {
    const object& one = shape->via.array.ptr[i];
    if (one.type != msgpack::type::POSITIVE_INTEGER || one.via.u64 > kLongestBin)
      return garbled("a shape that is no shape");
    out.push_back(one.via.u64);
  }
  return out;
}

/// Of what people say; arrays of numpy's are none of it. Depth and size are bounded by the reading.
nlohmann::json json_of(const object& from) {
  double value = 0;
  if (number(from, value)) return value;
  if (from.type == msgpack::type::BOOLEAN) return from.via.boolean;
  if (from.type == msgpack::type::STR) return std::string(from.via.str.ptr, from.via.str.size);
  if (from.type == msgpack::type::ARRAY) {
    auto out = nlohmann::json::array();
    for (std::uint32_t i = 0; i < from.via.array.size; ++i) out.push_back(json_of(from.via.array.ptr[i]));
    return out;
  }
  if (from.type != msgpack::type::MAP) return nullptr;
  auto out = nlohmann::json::object();
  for (std::uint32_t i = 0; i < from.via.map.size; ++i)
    for (const char* name : {"label", "position_m"})
      if (is_key(from.via.map.ptr[i].key, name)) out[name] = json_of(from.via.map.ptr[i].val);
  return out;
}

Result<Chunk> from_array(const object& map) {
  const object* data = member(map, "data");
  const object* dtype = member(map, "dtype");
  ASSAY_TRY(auto shape, shape_of(member(map, "shape")));
  if (data == nullptr || data->type != msgpack::type::BIN || dtype == nullptr || dtype->type != msgpack::type::STR)
    return garbled("an array without data or dtype");
  while (shape.size() > 2 && shape.front() == 1) shape.erase(shape.begin());  // a batch of one
  if (shape.empty() || shape.size() > 2)
    return bad_answer("policy_shape", std::to_string(shape.size()) + " dimensions");
  const std::string type(dtype->via.str.ptr, std::min<std::size_t>(dtype->via.str.size, 20));
  const std::size_t rows = shape.size() == 2 ? shape[0] : 1, columns = shape.back();
  const std::size_t item = type == "<f8" || type == "<i8"   ? 8
                           : type == "<f4" || type == "<i4" ? 4
                           : type == "|u1"                  ? 1
                                                            : 0;
  if (item == 0) return bad_answer("policy_dtype", type + "; known: <f4 <f8 <i4 <i8 |u1");
  if (rows > kLongestBin || columns > kLongestBin || data->via.bin.size != rows * columns * item)
    return bad_answer("policy_shape", std::to_string(data->via.bin.size) + " bytes for " + std::to_string(rows) +
                                          " x " + std::to_string(columns) + " of " + type);
  Chunk out{rows, columns, {}};
  const std::size_t count = rows * columns;
  if (type == "<f8") spread<double>(data->via.bin.ptr, count, out.values);
  if (type == "<f4") spread<float>(data->via.bin.ptr, count, out.values);
  if (type == "<i8") spread<std::int64_t>(data->via.bin.ptr, count, out.values);
  if (type == "<i4") spread<std::int32_t>(data->via.bin.ptr, count, out.values);
  if (type == "|u1") spread<std::uint8_t>(data->via.bin.ptr, count, out.values);
  return out;
}

Result<Chunk> from_lists(const object& list) {
  Chunk out;
  const auto add = [&](const object& row) -> bool {
    if (row.type != msgpack::type::ARRAY) return false;
    if (out.rows > 0 && row.via.array.size != out.columns) return false;
    out.columns = row.via.array.size;
    ++out.rows;
    for (std::uint32_t i = 0; i < row.via.array.size; ++i) {
      double value = 0;
      if (!number(row.via.array.ptr[i], value)) return false;
      out.values.push_back(value);
    }
    return true;
  };
  const bool flat = list.via.array.size > 0 && list.via.array.ptr[0].type != msgpack::type::ARRAY;
  if (flat) {
    if (!add(list)) return bad_answer("policy_shape", "a list that is not of numbers");
    return out;
  }
  for (std::uint32_t i = 0; i < list.via.array.size; ++i)
    if (!add(list.via.array.ptr[i])) return bad_answer("policy_shape", "lists that are not rows of equal length");
  return out;
}

Result<Chunk> chunk_in(const object& map, const std::string& key) {
  const object* found = member(map, key);
  if (found == nullptr) return bad_answer("policy_shape", "no '" + key.substr(0, 100) + "' in the answer");
  if (found->type == msgpack::type::ARRAY) return from_lists(*found);
  if (member(*found, "__ndarray__") == nullptr) return bad_answer("policy_shape", "'" + key + "' is no array");
  return from_array(*found);
}

/// Parses with bounds and hands the root to `use`; whatever the library throws is the far side's garbage.
template <class F>
auto reading(std::string_view bytes, F&& use) -> decltype(use(std::declval<const object&>())) {
  try {
    std::size_t at = 0;
    const auto handle =
        msgpack::unpack(bytes.data(), bytes.size(), at, nullptr, nullptr,
                        msgpack::unpack_limit(kMostElements, kMostKeys, kLongestText, kLongestBin, 1024, kDeepest));
    if (at != bytes.size()) return garbled("bytes after the end");
    if (handle.get().type != msgpack::type::MAP) return garbled("no map");
    return use(handle.get());
  } catch (const std::exception& e) {
    return garbled(e.what());
  }
}

void pack_pixels(msgpack::packer<msgpack::sbuffer>& out, const Pixels& pixels) {
  const auto bin = [&](std::string_view text) {
    out.pack_bin(static_cast<std::uint32_t>(text.size()));
    out.pack_bin_body(text.data(), static_cast<std::uint32_t>(text.size()));
  };
  out.pack_map(4);
  bin("__ndarray__");
  out.pack_true();
  bin("data");
  bin(pixels.bytes);
  bin("dtype");
  out.pack("|u1");
  bin("shape");
  out.pack_array(3);
  constexpr int kColours = 3;
  if (pixels.planes) out.pack(kColours);
  out.pack(pixels.height);
  out.pack(pixels.width);
  if (!pixels.planes) out.pack(kColours);
}

void pack_array(msgpack::packer<msgpack::sbuffer>& out, const Array& array) {
  const auto bin = [&](std::string_view text) {
    out.pack_bin(static_cast<std::uint32_t>(text.size()));
    out.pack_bin_body(text.data(), static_cast<std::uint32_t>(text.size()));
  };
  out.pack_map(4);
  bin("__ndarray__");
  out.pack_true();
  bin("data");
  if (array.wide) {
    bin({reinterpret_cast<const char*>(array.values.data()), array.values.size() * sizeof(double)});
  } else {
    const std::vector<float> narrow(array.values.begin(), array.values.end());
    bin({reinterpret_cast<const char*>(narrow.data()), narrow.size() * sizeof(float)});
  }
  bin("dtype");
  out.pack(array.wide ? "<f8" : "<f4");
  bin("shape");
  out.pack_array(1);
  out.pack(array.values.size());
}

}  // namespace

std::string pack(const std::vector<Entry>& entries) {
  msgpack::sbuffer buffer;
  msgpack::packer<msgpack::sbuffer> out(buffer);
  out.pack_map(static_cast<std::uint32_t>(entries.size()));
  for (const auto& entry : entries) {
    out.pack(entry.key);
    if (const auto* array = std::get_if<Array>(&entry.value))
      pack_array(out, *array);
    else if (const auto* pixels = std::get_if<Pixels>(&entry.value))
      pack_pixels(out, *pixels);
    else
      out.pack(std::get<std::string>(entry.value));
  }
  return {buffer.data(), buffer.size()};
}

Result<Greeting> read_greeting(std::string_view bytes) {
  return reading(bytes, [](const object& map) -> Result<Greeting> {
    Greeting out;
    const auto yes = [&](const char* name) {
      const object* one = member(map, name);
      return one != nullptr && one->type == msgpack::type::BOOLEAN && one->via.boolean;
    };
    double external = 0;
    if (const object* count = member(map, "n_external_cameras"); count != nullptr && number(*count, external))
      out.cameras += static_cast<int>(std::clamp(external, 0.0, 100.0));
    if (yes("needs_wrist_camera")) ++out.cameras;
    if (yes("needs_stereo_camera")) ++out.cameras;
    out.needs_session_id = yes("needs_session_id");
    if (const object* space = member(map, "action_space"); space != nullptr && space->type == msgpack::type::STR)
      out.action_space.assign(space->via.str.ptr, std::min<std::size_t>(space->via.str.size, 100));
    return out;
  });
}

Result<Chunk> read_chunk(std::string_view bytes, const std::string& key) {
  return reading(bytes, [&](const object& map) { return chunk_in(map, key); });
}

Result<Answer> read_answer(std::string_view bytes, const Spaces& spaces) {
  return reading(bytes, [&](const object& map) -> Result<Answer> {
    Answer out;
    if (spaces.words) {
      auto words = nlohmann::json::object();
      for (const char* key : {"say", "refuse", "done", "reports"})
        if (const object* found = member(map, key); found != nullptr) words[key] = json_of(*found);
      ASSAY_TRY(out.words, words_from(words));
      if (out.words.any() && member(map, spaces.action_key) == nullptr) return out;
    }
    ASSAY_TRY(out.chunk, chunk_in(map, spaces.action_key));
    return out;
  });
}

}  // namespace assay::served
