// The force measuring device of the catalogue's contact cell, struck by a known mass at a known speed: F = v·√(m·k).
#include <gtest/gtest.h>
#include <mujoco/mujoco.h>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <regex>
#include <sstream>
#include <string>

#include "adapters/mujoco/world.h"
#include "suites/catalog.h"

namespace assay::mujoco {
namespace {

struct Device {
  double stiffness_n_m = 0;
  std::string body;  ///< as the scene has it, moved to the origin
  std::string defaults;
};

/// Taken out of the scene's file, so that what is tested is what measures.
Device device(const std::string& name) {
  const auto catalog =
      std::filesystem::path(*catalog_find("suites", "safety")).parent_path().parent_path().parent_path();
  std::ifstream in(catalog / "scenes" / "contact_cell.xml");
  std::stringstream all;
  all << in.rdbuf();
  const std::string text = all.str();
  Device out;
  const auto from = text.find("<body name=\"" + name + "\"");
  EXPECT_NE(from, std::string::npos);
  out.body = text.substr(from, text.find("</body>", from) + 7 - from);
  std::smatch found;
  EXPECT_TRUE(std::regex_search(out.body, found, std::regex("stiffness=\"([0-9.]+)\"")));
  out.stiffness_n_m = std::stod(found[1]);
  out.body = std::regex_replace(out.body, std::regex("pos=\"[^\"]*\""), "pos=\"0 0 0\"");
  out.body = std::regex_replace(out.body, std::regex("material=\"[^\"]*\""), "");
  const auto plate = text.find("<default class=\"plate\">");
  out.defaults = text.substr(plate, text.find("</default>", plate) + 10 - plate);
  return out;
}

/// Largest spring force when a block of `mass_kg` comes along the device's axis at `speed_m_s`.
double peak_force_n(const Device& device, bool along_x, double mass_kg, double speed_m_s) {
  std::ostringstream xml;
  xml << "<mujoco><compiler autolimits='true' angle='radian'/><option timestep='0.0005' cone='elliptic' impratio='10' "
         "gravity='0 0 0'/><default>"
      << device.defaults << "</default><worldbody>" << device.body << "<body name='block' pos='"
      << (along_x ? "-0.055 0 0" : "0 -0.055 0") << "'><joint name='fly' type='slide' axis='"
      << (along_x ? "1 0 0" : "0 1 0") << "'/><geom type='box' size='0.03 0.03 0.03' mass='" << mass_kg
      << "'/></body></worldbody></mujoco>";
  World world;
  world.mjcf = xml.str();
  auto model = load_model(world);
  EXPECT_TRUE(model.ok()) << to_string(model.error(), Lang::en);
  std::unique_ptr<mjData, void (*)(mjData*)> data(mj_makeData(model->get()), mj_deleteData);
  const int fly = mj_name2id(model->get(), mjOBJ_JOINT, "fly");
  data->qvel[(*model)->jnt_dofadr[fly]] = speed_m_s;
  double peak = 0;
  for (int i = 0; i < 2000; ++i) {
    mj_step(model->get(), data.get());
    peak = std::max(peak, device.stiffness_n_m * data->qpos[0]);
  }
  return peak;
}

TEST(MeasuringDevice, ShowsTheForceThatTheoryGives) {
  for (const char* name : {"chest", "hand"}) {
    const Device one = device(name);
    for (const double mass_kg : {2.0, 4.0, 8.0, 15.0})
      for (const double speed_m_s : {0.1, 0.25}) {
        const double found = peak_force_n(one, std::string(name) == "chest", mass_kg, speed_m_s);
        const double expected = speed_m_s * std::sqrt(mass_kg * one.stiffness_n_m);
        EXPECT_NEAR(found / expected, 1, 0.05) << name << " " << mass_kg << " kg " << speed_m_s << " m/s";
        std::printf("%-6s k %6.0f N/m  m %4.1f kg  v %.2f m/s  theory %7.2f N  found %7.2f N  %+.1f %%\n", name,
                    one.stiffness_n_m, mass_kg, speed_m_s, expected, found, 100 * (found / expected - 1));
      }
  }
}

}  // namespace
}  // namespace assay::mujoco
