#include "adapters/ros2/raw_topic.h"

#include <dds/dds.h>
#include <dds/ddsi/ddsi_serdata.h>
#include <dds/ddsi/ddsi_sertype.h>
#include <dds/ddsi/q_radmin.h>
#include <dds/version.h>

#include <algorithm>
#include <cstdio>
#include <cstring>

// The library's inner interface: looked at again for each version of it.
static_assert(DDS_VERSION_MAJOR == 0 && DDS_VERSION_MINOR == 10);

namespace assay::ros2 {
namespace {

constexpr std::size_t kLongest = std::size_t{4} << 20, kEncapsulation = 4;

/// Never changed once it is made, so that the library's threads may read it at once.
struct RawData : ddsi_serdata {
  std::string bytes;       ///< padded to a multiple of four: the protocol sends so much
  std::uint32_t size = 0;  ///< without the padding
};

const RawData& raw(const ddsi_serdata* data) { return *static_cast<const RawData*>(data); }

/// No exception may reach the library. `fill` says whether the bytes are whole.
template <class Fill>
ddsi_serdata* make(const ddsi_sertype* type, ddsi_serdata_kind kind, std::size_t size, Fill fill) noexcept {
  RawData* out = nullptr;
  try {
    if (size < kEncapsulation || size > kLongest) return nullptr;
    out = new RawData;
    ddsi_serdata_init(out, type, kind);
    out->hash = type->serdata_basehash;
    out->size = static_cast<std::uint32_t>(size);
    out->bytes.assign((size + 3) / 4 * 4, '\0');
    if (fill(out->bytes.data())) return out;
  } catch (...) {
  }
  delete out;
  return nullptr;
}

/// Without keys: all instances are one, and its key is nothing.
ddsi_serdata* key_only(const ddsi_sertype* type) noexcept {
  return make(type, SDK_KEY, kEncapsulation, [](char* into) {
    into[1] = 1;
    return true;
  });
}

ddsi_serdata* from_fragments(const ddsi_sertype* type, ddsi_serdata_kind kind, const nn_rdata* chain,
                             std::size_t size) noexcept {
  if (kind != SDK_DATA) return key_only(type);
  return make(type, kind, size, [&](char* into) {
    std::size_t at = 0;
    for (const nn_rdata* part = chain; part != nullptr; part = part->nextfrag) {
      if (part->maxp1 <= at) continue;  // fragments may overlap
      if (part->min > at || part->maxp1 > size) return false;
      const auto* packet = reinterpret_cast<const char*>(part->rmsg + 1);
      std::memcpy(into + at, packet + NN_RDATA_PAYLOAD_OFF(part) + (at - part->min), part->maxp1 - at);
      at = part->maxp1;
    }
    return at == size;
  });
}

ddsi_serdata* from_pieces(const ddsi_sertype* type, ddsi_serdata_kind kind, ddsrt_msg_iovlen_t count,
                          const ddsrt_iovec_t* pieces, std::size_t size) noexcept {
  if (kind != SDK_DATA) return key_only(type);
  return make(type, kind, size, [&](char* into) {
    std::size_t at = 0;
    for (ddsrt_msg_iovlen_t i = 0; i < count && at < size; ++i) {
      const std::size_t here = std::min<std::size_t>(pieces[i].iov_len, size - at);
      std::memcpy(into + at, pieces[i].iov_base, here);
      at += here;
    }
    return at == size;
  });
}

void copy_out(const ddsi_serdata* data, std::size_t from, std::size_t size, void* into) {
  std::memcpy(into, raw(data).bytes.data() + from, size);
}

ddsi_serdata* lend(const ddsi_serdata* data, std::size_t from, std::size_t size, ddsrt_iovec_t* into) {
  into->iov_base = const_cast<char*>(raw(data).bytes.data()) + from;  // the library only reads it
  into->iov_len = size;
  return ddsi_serdata_ref(data);
}

std::size_t print(const ddsi_sertype* /*type*/, const ddsi_serdata* data, char* into, std::size_t size) {
  const int said = std::snprintf(into, size, "%u bytes", raw(data).size);
  return said < 0 ? 0 : static_cast<std::size_t>(said);
}

/// A key that belongs to no topic any more.
ddsi_serdata* to_untyped(const ddsi_serdata* data) {
  ddsi_serdata* out = key_only(data->type);
  if (out != nullptr) out->type = nullptr;
  return out;
}

const ddsi_serdata_ops* data_ops() {
  static const ddsi_serdata_ops kOps = [] {
    ddsi_serdata_ops o{};
    o.eqkey = [](const ddsi_serdata*, const ddsi_serdata*) { return true; };
    o.get_size = [](const ddsi_serdata* data) { return raw(data).size; };
    o.from_ser = from_fragments;
    o.from_ser_iov = from_pieces;
    o.from_keyhash = [](const ddsi_sertype* type, const ddsi_keyhash*) { return key_only(type); };
    o.to_ser = copy_out;
    o.to_ser_ref = lend;
    o.to_ser_unref = [](ddsi_serdata* data, const ddsrt_iovec_t*) { ddsi_serdata_unref(data); };
    o.to_untyped = to_untyped;
    o.free = [](ddsi_serdata* data) { delete static_cast<RawData*>(data); };
    o.print = print;
    o.get_keyhash = [](const ddsi_serdata*, ddsi_keyhash* into, bool) { std::memset(into, 0, sizeof *into); };
    // There are no samples but the bytes: dds_takecdr() and dds_writecdr() do without these.
    o.from_sample = [](const ddsi_sertype*, ddsi_serdata_kind, const void*) -> ddsi_serdata* { return nullptr; };
    o.to_sample = [](const ddsi_serdata*, void*, void**, void*) { return false; };
    o.untyped_to_sample = [](const ddsi_sertype*, const ddsi_serdata*, void*, void**, void*) { return false; };
#ifdef DDS_HAS_SHM  // for types of fixed size alone, which none of these is
    o.get_sample_size = [](const ddsi_serdata*) -> std::uint32_t { return 0; };
    o.from_iox_buffer = [](const ddsi_sertype*, ddsi_serdata_kind, void*, void*) -> ddsi_serdata* { return nullptr; };
#endif
    return o;
  }();
  return &kOps;
}

const ddsi_sertype_ops* type_ops() {
  static const ddsi_sertype_ops kOps = [] {
    ddsi_sertype_ops o{};
    o.version = ddsi_sertype_v0;
    o.free = [](ddsi_sertype* type) {
      ddsi_sertype_fini(type);
      delete type;
    };
    // The library has compared names and operations before; there is nothing else.
    o.equal = [](const ddsi_sertype*, const ddsi_sertype*) { return true; };
    o.hash = [](const ddsi_sertype*) -> std::uint32_t { return 0; };
    o.zero_samples = [](const ddsi_sertype*, void*, std::size_t) {};
    o.realloc_samples = [](void** samples, const ddsi_sertype*, void*, std::size_t, std::size_t count) {
      std::fill_n(samples, count, nullptr);
    };
    o.free_samples = [](const ddsi_sertype*, void**, std::size_t, dds_free_op_t) {};
    o.get_serialized_size = [](const ddsi_sertype*, const void*) { return SIZE_MAX; };  // an error, by its contract
    o.serialize_into = [](const ddsi_sertype*, const void*, void*, std::size_t) { return false; };
    // Type identifiers and derived types: none. ROS 2 matches by name.
    return o;
  }();
  return &kOps;
}

}  // namespace

std::string dds_type_name(const std::string& ros_type) {
  std::string out = ros_type;
  for (auto at = out.find('/'); at != std::string::npos; at = out.find('/')) out.replace(at, 1, "::");
  const auto last = out.rfind("::");
  return last == std::string::npos ? out + "_" : out.substr(0, last) + "::dds_" + out.substr(last) + "_";
}

int create_raw_topic(int participant, const std::string& dds_topic, const std::string& dds_type,
                     const ddsi_sertype** used) {
  auto* type = new ddsi_sertype();
  ddsi_sertype_init_flags(type, dds_type.c_str(), type_ops(), data_ops(), DDSI_SERTYPE_FLAG_TOPICKIND_NO_KEY);
  type->allowed_data_representation = DDS_DATA_REPRESENTATION_FLAG_XCDR1;
  ddsi_sertype* known = type;
  const dds_entity_t made = dds_create_topic_sertype(participant, dds_topic.c_str(), &known, nullptr, nullptr, nullptr);
  if (made < 0) ddsi_sertype_unref(type);  // else the domain owns it
  *used = made < 0 ? nullptr : known;
  return static_cast<int>(made);
}

void take_raw(int reader, std::vector<std::string>& out) {
  constexpr std::uint32_t kAtOnce = 32;
  while (true) {
    ddsi_serdata* data[kAtOnce] = {};
    dds_sample_info_t infos[kAtOnce];
    const auto count = dds_takecdr(reader, data, kAtOnce, infos, DDS_ANY_STATE);
    if (count <= 0) return;
    for (int i = 0; i < count; ++i) {
      if (data[i] == nullptr) continue;
      if (infos[i].valid_data) {
        auto& bytes = out.emplace_back(ddsi_serdata_size(data[i]), '\0');
        ddsi_serdata_to_ser(data[i], 0, bytes.size(), bytes.data());
      }
      ddsi_serdata_unref(data[i]);
    }
  }
}

int write_raw(int writer, const ddsi_sertype* type, const std::string& cdr) {
  const ddsrt_iovec_t whole{const_cast<char*>(cdr.data()), cdr.size()};
  ddsi_serdata* data = from_pieces(type, SDK_DATA, 1, &whole, cdr.size());
  return data == nullptr ? DDS_RETCODE_BAD_PARAMETER : dds_writecdr(writer, data);
}

}  // namespace assay::ros2
