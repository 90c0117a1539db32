#include "adapters/ros2/bus.h"

#include <dds/dds.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <thread>

#include "adapters/live/realtime.h"
#include "adapters/ros2/raw_topic.h"

namespace assay::ros2 {
namespace {

constexpr std::int32_t kReaderDepth = 4000, kWriterDepth = 16;
constexpr std::int64_t kBlocking_ns = 5'000'000;

Error no_bus(const std::string& what, const std::string& detail) {
  return Error{
      .id = 1257,
      .what = {"the DDS domain cannot be joined", "无法加入 DDS 域"},
      .expected = {"a domain from 0 to 232 on a network interface that is up", "域编号 0 至 232，且网络接口已启用"},
      .found = "lab:" + what + " " + detail,
      .help = {"correct `domain`, `interface` or `peers` under `ros2`, or CYCLONEDDS_URI",
               "请修改 `ros2` 下的 `domain`、`interface` 或 `peers`，或环境变量 CYCLONEDDS_URI"}};
}

/// The library's own threads carry every message: real-time where permitted, as ours are.
std::string threads_xml() {
  std::string out = "<Threads>";
  for (const char* name : {"recv", "dq.user", "tev"})
    out += std::string("<Thread name=\"") + name + "\"><Scheduling><Class>realtime</Class><Priority>" +
           std::to_string(kLinkPriority) + "</Priority></Scheduling></Thread>";
  // One receiving thread: of several, the library lets only the first have a priority.
  return out + "</Threads><Internal><MultipleReceiveThreads>false</MultipleReceiveThreads></Internal>";
}

std::string xml_of(const BusOptions& o, bool realtime) {
  if (o.interface.empty() && o.peers.empty() && std::getenv("CYCLONEDDS_URI") != nullptr) return "";
  std::string out = "<CycloneDDS><Domain id=\"any\"><General>";
  if (!o.interface.empty()) out += "<Interfaces><NetworkInterface name=\"" + o.interface + "\"/></Interfaces>";
  if (!o.peers.empty()) out += "<AllowMulticast>false</AllowMulticast>";
  out += "</General>";
  if (!o.peers.empty()) {
    out +=
        "<Discovery><ParticipantIndex>auto</ParticipantIndex><MaxAutoParticipantIndex>40</MaxAutoParticipantIndex>"
        "<Peers>";
    for (const auto& peer : o.peers) out += "<Peer address=\"" + peer + "\"/>";
    out += "</Peers></Discovery>";
  }
  return out + (realtime ? threads_xml() : "") + "</Domain></CycloneDDS>";
}

bool may_be_realtime() {
  bool may = false;
  std::thread([&may] { may = make_thread_realtime(kLinkPriority).rfind("fifo", 0) == 0; }).join();
  return may;
}

dds_qos_t* qos_of(bool reliable, std::int32_t depth) {
  dds_qos_t* qos = dds_create_qos();
  dds_qset_reliability(qos, reliable ? DDS_RELIABILITY_RELIABLE : DDS_RELIABILITY_BEST_EFFORT, kBlocking_ns);
  dds_qset_durability(qos, DDS_DURABILITY_VOLATILE);
  dds_qset_history(qos, DDS_HISTORY_KEEP_LAST, depth);
  return qos;
}

}  // namespace

/// A domain is one thing per process: participants of equal settings share it.
struct Bus::Domain {
  int id = 0;
  dds_entity_t entity = 0;
  std::string xml;
  ~Domain() {
    if (entity > 0) dds_delete(entity);
  }
};

std::shared_ptr<Bus::Domain> Bus::join(const BusOptions& options, std::string& refused) {
  static std::mutex mutex;
  static std::map<int, std::weak_ptr<Domain>> joined;
  const std::lock_guard lock(mutex);
  const std::string xml = xml_of(options, may_be_realtime());
  if (auto known = joined[options.domain].lock()) {
    if (known->xml == xml) return known;
    refused = "domain " + std::to_string(options.domain) + " is joined with other settings in this process";
    return nullptr;
  }
  auto fresh = std::make_shared<Domain>();
  fresh->id = options.domain;
  fresh->xml = xml;
  if (!xml.empty()) {  // else the library's defaults, and CYCLONEDDS_URI
    fresh->entity = dds_create_domain(static_cast<dds_domainid_t>(options.domain), xml.c_str());
    if (fresh->entity < 0) {
      refused = dds_strretcode(fresh->entity);
      return nullptr;
    }
  }
  joined[options.domain] = fresh;
  return fresh;
}

std::string dds_topic(const std::string& ros_topic) {
  return (ros_topic.rfind('/', 0) == 0 ? "rt" : "rt/") + ros_topic;
}

Result<std::unique_ptr<Bus>> Bus::open(const BusOptions& options) {
  std::string refused;
  std::unique_ptr<Bus> bus(new Bus);  // NOLINT: the constructor is private
  bus->domain_ = join(options, refused);
  if (!bus->domain_) return no_bus("dds_domain", refused);
  bus->participant_ = dds_create_participant(static_cast<dds_domainid_t>(options.domain), nullptr, nullptr);
  if (bus->participant_ < 0) return no_bus("dds_participant", dds_strretcode(bus->participant_));
  bus->waitset_ = dds_create_waitset(bus->participant_);
  bus->guard_ = dds_create_guardcondition(bus->participant_);
  if (bus->waitset_ < 0 || bus->guard_ < 0 || dds_waitset_attach(bus->waitset_, bus->guard_, 0) < 0)
    return no_bus("dds_waitset", "");
  return bus;
}

Bus::~Bus() {
  if (participant_ > 0) dds_delete(participant_);
}

Result<int> Bus::topic(const std::string& ros_topic, Type type) const {
  const dds_entity_t made =
      dds_create_topic(participant_, descriptor(type), dds_topic(ros_topic).c_str(), nullptr, nullptr);
  if (made < 0) return no_bus("dds_topic", ros_topic + ": " + dds_strretcode(made));
  return static_cast<int>(made);
}

Result<int> Bus::topic(const std::string& ros_topic, const GivenType& type, const ddsi_sertype** raw) const {
  const int made = create_raw_topic(participant_, dds_topic(ros_topic), dds_type_name(type.name()), raw);
  if (made < 0) return no_bus("dds_topic", ros_topic + ": " + dds_strretcode(made));
  return made;
}

Result<Reader> Bus::reader(const std::string& ros_topic, Type type, bool reliable) {
  ASSAY_TRY(const int of, topic(ros_topic, type));
  ASSAY_TRY(auto out, reader_on(of, ros_topic, reliable));
  out.type_ = type;
  return out;
}

Result<Reader> Bus::reader(const std::string& ros_topic, std::shared_ptr<const GivenType> type, bool reliable) {
  const ddsi_sertype* unused = nullptr;
  ASSAY_TRY(const int of, topic(ros_topic, *type, &unused));
  ASSAY_TRY(auto out, reader_on(of, ros_topic, reliable));
  out.type_ = Type::given;
  out.given_ = std::move(type);
  return out;
}

Result<Reader> Bus::reader_on(int of, const std::string& ros_topic, bool reliable) const {
  dds_qos_t* qos = qos_of(reliable, kReaderDepth);
  Reader out;
  out.entity_ = dds_create_reader(participant_, of, qos, nullptr);
  dds_delete_qos(qos);
  if (out.entity_ < 0) return no_bus("dds_reader", ros_topic + ": " + dds_strretcode(out.entity_));
  const dds_entity_t news = dds_create_readcondition(out.entity_, DDS_ANY_STATE);
  if (news < 0 || dds_waitset_attach(waitset_, news, 0) < 0) return no_bus("dds_reader", ros_topic);
  return out;
}

Result<Writer> Bus::writer(const std::string& ros_topic, Type type, bool reliable) {
  ASSAY_TRY(const int of, topic(ros_topic, type));
  ASSAY_TRY(auto out, writer_on(of, ros_topic, reliable));
  out.type_ = type;
  return out;
}

Result<Writer> Bus::writer(const std::string& ros_topic, std::shared_ptr<const GivenType> type, bool reliable) {
  const ddsi_sertype* raw = nullptr;
  ASSAY_TRY(const int of, topic(ros_topic, *type, &raw));
  ASSAY_TRY(auto out, writer_on(of, ros_topic, reliable));
  out.type_ = Type::given;
  out.given_ = std::move(type);
  out.raw_ = raw;
  return out;
}

Result<Writer> Bus::writer_on(int of, const std::string& ros_topic, bool reliable) const {
  dds_qos_t* qos = qos_of(reliable, kWriterDepth);
  Writer out;
  out.entity_ = dds_create_writer(participant_, of, qos, nullptr);
  dds_delete_qos(qos);
  if (out.entity_ < 0) return no_bus("dds_writer", ros_topic + ": " + dds_strretcode(out.entity_));
  return out;
}

namespace {

/// "nav_msgs::msg::dds_::Odometry_" -> "nav_msgs/msg/Odometry"; other names as they are.
std::string ros_type(std::string name) {
  const auto inner = name.find("::dds_::");
  if (inner == std::string::npos || name.back() != '_') return name;
  name.pop_back();
  name.replace(inner, 8, "/");
  for (auto at = name.find("::"); at != std::string::npos; at = name.find("::")) name.replace(at, 2, "/");
  return name;
}

/// Reads what discovery has found; `each` gets one sample after the other.
template <class Each>
void read_discovery(int participant, dds_entity_t what, Each&& each) {
  constexpr std::uint32_t kMost = 1000;
  const dds_entity_t reader = dds_create_reader(participant, what, nullptr, nullptr);
  if (reader < 0) return;
  std::vector<void*> samples(kMost, nullptr);
  std::vector<dds_sample_info_t> infos(kMost);
  const auto count = dds_read(reader, samples.data(), infos.data(), kMost, kMost);
  for (std::size_t i = 0; static_cast<std::ptrdiff_t>(i) < count; ++i)
    if (infos[i].valid_data) each(samples[i]);
  if (count > 0) dds_return_loan(reader, samples.data(), count);
  dds_delete(reader);
}

}  // namespace

std::vector<std::string> Bus::types_on(const std::string& ros_topic, bool published) const {
  std::vector<std::string> out;
  dds_guid_t own{};
  dds_get_guid(participant_, &own);
  const std::string wanted = dds_topic(ros_topic);
  read_discovery(participant_, published ? DDS_BUILTIN_TOPIC_DCPSPUBLICATION : DDS_BUILTIN_TOPIC_DCPSSUBSCRIPTION,
                 [&](const void* sample) {
                   const auto* end = static_cast<const dds_builtintopic_endpoint_t*>(sample);
                   if (wanted != end->topic_name || std::memcmp(own.v, end->participant_key.v, sizeof own.v) == 0)
                     return;
                   const std::string type = ros_type(end->type_name);
                   if (std::find(out.begin(), out.end(), type) == out.end()) out.push_back(type);
                 });
  return out;
}

int Bus::others() const {
  int count = -1;  // this one is in the list, too
  read_discovery(participant_, DDS_BUILTIN_TOPIC_DCPSPARTICIPANT, [&](const void*) { ++count; });
  return std::max(0, count);
}

void Bus::wait(SteadyTime until) const {
  dds_attach_t triggered = 0;
  const std::int64_t left_ns = until.ns - steady_now().ns;
  dds_waitset_wait(waitset_, &triggered, 1, left_ns > 0 ? left_ns : 0);
  bool taken = false;
  dds_take_guardcondition(guard_, &taken);
}

void Bus::wake() const { dds_set_guardcondition(guard_, true); }

void Reader::take(std::vector<Got>& out) {
  if (given_) {
    std::vector<std::string> news;
    take_raw(entity_, news);
    const SteadyTime now = steady_now();
    for (const auto& bytes : news) {
      Got one{{}, now};
      if (given_->decode(bytes, one.message))
        out.push_back(std::move(one));
      else
        ++refused;
    }
    return;
  }
  constexpr std::uint32_t kAtOnce = 32;
  while (true) {
    void* samples[kAtOnce] = {};
    dds_sample_info_t infos[kAtOnce];
    const auto count = dds_take(entity_, samples, infos, kAtOnce, kAtOnce);
    if (count <= 0) return;
    const SteadyTime now = steady_now();
    for (int i = 0; i < count; ++i) {
      if (!infos[i].valid_data) continue;
      Got one{{}, now};
      if (decode(type_, samples[i], one.message))
        out.push_back(std::move(one));
      else
        ++refused;
    }
    dds_return_loan(entity_, samples, count);
  }
}

int Reader::matched() const {
  dds_subscription_matched_status_t status{};
  return dds_get_subscription_matched_status(entity_, &status) < 0 ? 0 : static_cast<int>(status.current_count);
}

bool Reader::qos_refused() const {
  dds_requested_incompatible_qos_status_t status{};
  return dds_get_requested_incompatible_qos_status(entity_, &status) >= 0 && status.total_count > 0;
}

bool Writer::write(const Message& message) const {
  return (given_ ? write_raw(entity_, raw_, given_->encode(message)) : write_message(entity_, type_, message)) >= 0;
}

int Writer::matched() const {
  dds_publication_matched_status_t status{};
  return dds_get_publication_matched_status(entity_, &status) < 0 ? 0 : static_cast<int>(status.current_count);
}

bool Writer::qos_refused() const {
  dds_offered_incompatible_qos_status_t status{};
  return dds_get_offered_incompatible_qos_status(entity_, &status) >= 0 && status.total_count > 0;
}

}  // namespace assay::ros2
