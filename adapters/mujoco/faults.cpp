#include "adapters/mujoco/faults.h"

#include <array>

#include "adapters/mujoco/guard.h"

namespace assay::mujoco {
namespace {

std::string owner(const World& world, const std::string& otherwise) { return world.reference ? otherwise : "subject"; }

std::string with_detail(const std::string& code, const std::string& detail) {
  return detail.empty() ? code : code + " (" + detail + ")";
}

const char* name_of(int warning) {
  switch (warning) {
    case mjWARN_INERTIA:
      return "INERTIA";
    case mjWARN_BADQPOS:
      return "BADQPOS";
    case mjWARN_BADQVEL:
      return "BADQVEL";
    case mjWARN_BADQACC:
      return "BADQACC";
    case mjWARN_BADCTRL:
      return "BADCTRL";
    case mjWARN_CONTACTFULL:
      return "CONTACTFULL";
    case mjWARN_CNSTRFULL:
      return "CNSTRFULL";
    default:
      return "?";
  }
}

}  // namespace

Error model_does_not_load(const World& world, const std::string& engine_text) {
  Error error;
  error.id = 420;
  error.what = {"MuJoCo cannot load the composed model.", "MuJoCo 无法加载合成后的模型。"};
  error.expected = {"a model that MuJoCo 2.2.2 accepts", "MuJoCo 2.2.2 能够接受的模型"};
  error.found = with_detail(owner(world, "lab") + ":model", engine_text);
  error.help = {"Load the robot's MJCF alone in MuJoCo 2.2.2; models written for 3.x need older attributes.",
                "先单独用 MuJoCo 2.2.2 加载机器人的 MJCF；为 3.x 编写的模型须改回旧属性。"};
  return error;
}

Error setup_does_not_fit(const std::string& what) {
  Error error;
  error.id = 421;
  error.what = {"The set-up of the trial does not fit the scene.", "试验设置与场景不符。"};
  error.expected = {"bodies, sensors and values that the composed scene has", "合成场景中存在的物体、传感器和取值"};
  error.found = with_detail("lab:setup", what);
  error.help = {"Compare the names in the task file with those in the scene's MJCF.",
                "核对任务文件与场景 MJCF 中的名称。"};
  return error;
}

Error binding_does_not_fit(const World& world, const std::string& group, const std::string& what) {
  Error error;
  error.id = 422;
  error.what = {"The binding's group '" + group + "' does not fit the model.",
                "绑定文件中的组“" + group + "”与模型不符。"};
  error.expected = {"joints, actuators, sites and bodies that the model has, with one value per joint",
                    "模型中存在的关节、执行器、标记点和刚体，且每个关节各有一个取值"};
  error.found = with_detail(owner(world, "lab") + ":binding", what);
  error.help = {"Correct the embodiment's binding file.", "请修正机器人本体的绑定文件。"};
  return error;
}

Error timing_does_not_fit(const std::string& what) {
  Error error;
  error.id = 423;
  error.what = {"The control period does not fit the physics time step.", "控制周期与物理步长不匹配。"};
  error.expected = {"a control period that is a whole number of time steps, and a latency of 0 or more",
                    "控制周期为物理步长的整数倍，且延迟不小于 0"};
  error.found = with_detail("lab:timing", what);
  error.help = {"Change control_period or timestep_s in the task.", "请修改任务中的控制周期或 timestep_s。"};
  return error;
}

Error engine_stopped(const World& world, const std::string& engine_text) {
  Error error;
  error.id = 426;
  error.what = {"MuJoCo stopped with an error.", "MuJoCo 因错误而中止。"};
  error.expected = {"a simulation that runs to the end of the trial", "仿真能够运行到试验结束"};
  error.found = with_detail(owner(world, "unknown") + ":engine_error", engine_text);
  error.help = {"The engine's own words are above; a stack overflow means <size nstack=…/> is too small.",
                "上面是引擎的原话；若为栈溢出，说明 <size nstack=…/> 过小。"};
  return error;
}

Error wrong_order(const std::string& what) {
  Error error;
  error.id = 427;
  error.what = {"The simulated robot was called out of order.", "对仿真机器人的调用顺序有误。"};
  error.expected = {"reset, begin, advance …, stop", "依次为 reset、begin、advance……、stop"};
  error.found = with_detail("lab:order", what);
  error.help = {"This is a fault of the program; please report it.", "这是程序自身的缺陷，请报告。"};
  return error;
}

std::optional<Error> fault_of_warnings(const mjData& data) {
  constexpr std::array unstable{mjWARN_BADQPOS, mjWARN_BADQVEL, mjWARN_BADQACC, mjWARN_BADCTRL, mjWARN_INERTIA};
  constexpr std::array capacity{mjWARN_CONTACTFULL, mjWARN_CNSTRFULL};
  for (const int warning : unstable) {
    if (data.warning[warning].number == 0) continue;
    Error error;
    error.id = 424;
    error.what = {"The simulation became unstable.", "仿真失稳。"};
    error.expected = {"finite positions, speeds, accelerations and commands", "位置、速度、加速度与指令均为有限值"};
    error.found = with_detail("subject:sim_unstable", std::string(name_of(warning)) + ": " + last_warning());
    error.help = {"Look at the commands just before, and at light bodies behind strong actuators in the model.",
                  "请查看失稳前的指令，以及模型中由强力执行器驱动的轻质刚体。"};
    return error;
  }
  for (const int warning : capacity) {
    if (data.warning[warning].number == 0) continue;
    Error error;
    error.id = 425;
    error.what = {"The simulator ran out of contacts or constraints.", "仿真器的接触或约束数量已达上限。"};
    error.expected = {"no more contacts than nconmax and no more constraints than njmax",
                      "接触数不超过 nconmax，约束数不超过 njmax"};
    error.found = "unknown:sim_capacity";
    error.help = {"Raise nconmax and njmax in the task's physics, or simplify the collision shapes.",
                  "请在任务的物理设置中增大 nconmax 与 njmax，或简化碰撞形状。"};
    return error;
  }
  return std::nullopt;
}

}  // namespace assay::mujoco
