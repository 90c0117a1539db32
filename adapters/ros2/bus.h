// CycloneDDS as this wire needs it: one participant, topics by their ROS names, one thread that waits for all readers.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "adapters/ros2/given_type.h"
#include "adapters/ros2/messages.h"
#include "core/result.h"
#include "core/time.h"

struct ddsi_sertype;

namespace assay::ros2 {

struct BusOptions {
  int domain = 0;                  ///< ROS_DOMAIN_ID
  std::string interface;           ///< network interface; empty: the library's choice
  std::vector<std::string> peers;  ///< hosts to look for without multicast; empty: multicast
};

/// "/a/b" -> "rt/a/b".
std::string dds_topic(const std::string& ros_topic);

struct Got {
  Message message;
  SteadyTime received;
};

/// Of one topic. Deleted with its bus.
class Reader {
 public:
  /// What came, in order of each writer. A message beyond all measure, or that is none of its type, counts as
  /// `refused`.
  void take(std::vector<Got>& out);
  [[nodiscard]] int matched() const;  ///< publishers
  [[nodiscard]] bool qos_refused() const;
  [[nodiscard]] const GivenType* given() const { return given_.get(); }
  [[nodiscard]] std::string type_name() const { return given_ ? given_->name() : ros_name(type_); }
  std::int64_t refused = 0;

 private:
  friend class Bus;
  int entity_ = 0;
  Type type_ = Type::boolean;
  std::shared_ptr<const GivenType> given_;
};

class Writer {
 public:
  /// Waits 5 ms at most. False: the library could not take it.
  bool write(const Message& message) const;
  [[nodiscard]] int matched() const;  ///< subscribers
  [[nodiscard]] bool qos_refused() const;
  [[nodiscard]] std::string type_name() const { return given_ ? given_->name() : ros_name(type_); }

 private:
  friend class Bus;
  int entity_ = 0;
  Type type_ = Type::boolean;
  std::shared_ptr<const GivenType> given_;
  const ddsi_sertype* raw_ = nullptr;  ///< of a given type
};

class Bus {
 public:
  /// Fails with 1257: the domain cannot be joined (no such interface, or joined in this process with other settings).
  static Result<std::unique_ptr<Bus>> open(const BusOptions& options);
  ~Bus();
  Bus(const Bus&) = delete;
  Bus& operator=(const Bus&) = delete;

  /// `reliable` asks for it; without, a reader takes what any publisher gives.
  Result<Reader> reader(const std::string& ros_topic, Type type, bool reliable);
  Result<Reader> reader(const std::string& ros_topic, std::shared_ptr<const GivenType> type, bool reliable);
  Result<Writer> writer(const std::string& ros_topic, Type type, bool reliable);
  Result<Writer> writer(const std::string& ros_topic, std::shared_ptr<const GivenType> type, bool reliable);
  /// Types, by their ROS names, that others publish (or subscribe to) on the topic, as far as discovery knows.
  [[nodiscard]] std::vector<std::string> types_on(const std::string& ros_topic, bool published) const;
  /// Others in the domain, as far as discovery knows.
  [[nodiscard]] int others() const;
  /// Until a reader has something, wake() was called, or `until`.
  void wait(SteadyTime until) const;
  void wake() const;

 private:
  struct Domain;
  Bus() = default;
  Result<int> topic(const std::string& ros_topic, Type type) const;
  Result<int> topic(const std::string& ros_topic, const GivenType& type, const ddsi_sertype** raw) const;
  Result<Reader> reader_on(int topic, const std::string& ros_topic, bool reliable) const;
  Result<Writer> writer_on(int topic, const std::string& ros_topic, bool reliable) const;
  static std::shared_ptr<Domain> join(const BusOptions& options, std::string& refused);
  std::shared_ptr<Domain> domain_;
  int participant_ = 0, waitset_ = 0, guard_ = 0;
};

}  // namespace assay::ros2
