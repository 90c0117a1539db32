#include "adapters/policies/stand_design.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>

#include "adapters/mujoco/geometry.h"
#include "adapters/policies/params.h"
#include "adapters/policies/riccati.h"

namespace assay::policies {
namespace {

using Eigen::MatrixXd;
using Eigen::Vector3d;
using Eigen::VectorXd;
using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using mujoco::vec3;

/// What a gain is worth: the centre of mass over the feet first, then an upright trunk, then the posture.
struct Weights {
  double com = 1e3, com_speed = 100;  ///< per m², per (m/s)²
  double turn = 60, height = 400;     ///< trunk: per rad², per m²
  double joint = 6, speed = 0.5;      ///< per rad², per (rad/s)²
  double torque = 300;                ///< at an actuator's largest torque
};

Error cannot_stand(const std::string& policy, const std::string& found) {
  return cannot_take_part(policy, found, {"a home posture in which the robot can stand", "机器人能够站立的初始姿态"});
}

/// Middle of what the robot stands on, from the contacts of the home posture.
bool support_middle(const mjData& data, Eigen::Vector2d& middle) {
  if (data.ncon == 0) return false;
  Eigen::Vector2d low(1e9, 1e9), high(-1e9, -1e9);
  for (int i = 0; i < data.ncon; ++i) {
    const Eigen::Vector2d at(data.contact[i].pos[0], data.contact[i].pos[1]);
    low = low.cwiseMin(at);
    high = high.cwiseMax(at);
  }
  middle = (low + high) / 2;
  return true;
}

class Designer {
 public:
  Designer(const std::string& policy, const LegModel& legs)
      : policy_(policy), legs_(legs), m_(legs.model()), d_(legs.data()), n_(static_cast<int>(legs.joints().size())) {}

  Result<Stand> design(double depth_m, int steps) {
    Stand stand;
    stand.depth_m = depth_m;
    constexpr double kSink_m = 5e-4;  // so that the feet touch
    legs_.stand(d_);
    d_.qpos[2] -= kSink_m;
    mj_forward(&m_, &d_);
    Eigen::Vector2d middle;
    if (!support_middle(d_, middle)) return cannot_stand(policy_, "the feet do not reach the ground");
    root_ = m_.body_dofadr[m_.body_rootid[legs_.trunk()]];
    find_posture(depth_m, middle);
    if (!settle(stand)) return cannot_stand(policy_, "the robot does not come to rest in its home posture");
    ASSAY_TRY(stand.gain, gain_at(steps));
    return stand;
  }

 private:
  /// Gauss–Newton on joints and the trunk's place over the ground; its height and turn are given.
  void find_posture(double depth_m, const Eigen::Vector2d& middle) {
    constexpr int kRounds = 60;
    constexpr double kHome = 1e-3, kDamping = 1e-6;  // weight of the home posture; of a step
    std::vector<Vector3d> feet;
    std::vector<Eigen::Matrix3d> turns;
    for (const int foot : legs_.feet()) {
      feet.push_back(vec3(d_.xpos + 3 * foot));
      turns.push_back(mujoco::mat3(d_.xmat + 9 * foot));
    }
    const std::vector<mjtNum> home(d_.qpos, d_.qpos + m_.nq);
    d_.qpos[2] -= depth_m;
    const int unknown = n_ + 2, rows = 6 * static_cast<int>(feet.size()) + 2;
    for (int round = 0; round < kRounds; ++round) {
      mj_kinematics(&m_, &d_);
      mj_comPos(&m_, &d_);
      MatrixXd slope = MatrixXd::Zero(rows, unknown);
      VectorXd error = VectorXd::Zero(rows);
      RowMatrix jp(3, m_.nv), jr(3, m_.nv);
      for (std::size_t f = 0; f < feet.size(); ++f) {
        const int foot = legs_.feet()[f], row = 6 * static_cast<int>(f);
        mj_jacBody(&m_, &d_, jp.data(), jr.data(), foot);
        columns(jp, slope, row);
        columns(jr, slope, row + 3);
        error.segment<3>(row) = feet[f] - vec3(d_.xpos + 3 * foot);
        error.segment<3>(row + 3) = mujoco::rotation_vector(turns[f] * mujoco::mat3(d_.xmat + 9 * foot).transpose());
      }
      mj_jacSubtreeCom(&m_, &d_, jp.data(), m_.body_rootid[legs_.trunk()]);
      columns(jp.topRows(2), slope, rows - 2);
      error.tail<2>() = middle - vec3(d_.subtree_com + 3 * m_.body_rootid[legs_.trunk()]).head<2>();
      MatrixXd normal = slope.transpose() * slope;
      VectorXd pull = slope.transpose() * error;
      for (int i = 0; i < n_; ++i) {
        const auto& joint = legs_.joints()[static_cast<std::size_t>(i)];
        normal(2 + i, 2 + i) += kHome * kHome;
        pull[2 + i] += kHome * kHome * (home[static_cast<std::size_t>(joint.qpos)] - d_.qpos[joint.qpos]);
      }
      normal.diagonal().array() += kDamping;
      const VectorXd step = normal.ldlt().solve(pull);
      for (int i = 0; i < 2; ++i) d_.qpos[i] += step[i];
      for (int i = 0; i < n_; ++i) {
        const auto& joint = legs_.joints()[static_cast<std::size_t>(i)];
        double& q = d_.qpos[joint.qpos];
        q += std::clamp(step[2 + i], -0.2, 0.2);
        if (joint.limited) q = std::clamp(q, joint.low, joint.high);
      }
    }
  }

  /// Columns of a Jacobian for the unknowns.
  template <class Jacobian>
  void columns(const Jacobian& jacobian, MatrixXd& slope, int row) const {
    for (Eigen::Index k = 0; k < jacobian.rows(); ++k) {
      for (int i = 0; i < 2; ++i) slope(row + k, i) = jacobian(k, root_ + i);
      for (int i = 0; i < n_; ++i) slope(row + k, 2 + i) = jacobian(k, legs_.joints()[static_cast<std::size_t>(i)].dof);
    }
  }

  /// As a statue: joints too stiff and too slow to fall within the time, until all is at rest.
  bool settle(Stand& stand) {
    constexpr double kStiff_nm = 3000, kSlow = 120, kSettle_s = 1.5, kRest = 2e-3;
    std::vector<double> target, damping(m_.dof_damping, m_.dof_damping + m_.nv);
    for (const auto& joint : legs_.joints()) {
      target.push_back(d_.qpos[joint.qpos]);
      m_.dof_damping[joint.dof] += kSlow;
    }
    mju_zero(d_.qvel, m_.nv);
    VectorXd torque(n_);
    const int steps = static_cast<int>(kSettle_s / m_.opt.timestep);
    for (int i = 0; i < steps; ++i) {
      for (int j = 0; j < n_; ++j)
        torque[j] = kStiff_nm *
                    (target[static_cast<std::size_t>(j)] - d_.qpos[legs_.joints()[static_cast<std::size_t>(j)].qpos]);
      legs_.set_torques(d_, torque);
      mj_step(&m_, &d_);
    }
    std::copy(damping.begin(), damping.end(), m_.dof_damping);
    double fastest = 0;
    for (int i = 0; i < m_.nv; ++i) fastest = std::max(fastest, std::abs(d_.qvel[i]));
    if (!(fastest < kRest)) return false;
    mju_zero(d_.qvel, m_.nv);
    legs_.set_torques(d_, torque);
    mj_forward(&m_, &d_);
    stand.torque_nm = torque;
    stand.qpos.assign(d_.qpos, d_.qpos + m_.nq);
    for (std::size_t f = 0; f < legs_.feet().size(); ++f) stand.feet_m.push_back(legs_.foot_m(d_, f));
    return true;
  }

  /// Weights of positions and speeds together; what lies between is none.
  MatrixXd weights() {
    const Weights w;
    const int nv = m_.nv;
    RowMatrix com(3, nv), foot(3, nv);
    mj_jacSubtreeCom(&m_, &d_, com.data(), m_.body_rootid[legs_.trunk()]);
    RowMatrix over = com;
    for (const int body : legs_.feet()) {
      mj_jacBody(&m_, &d_, foot.data(), nullptr, body);
      over -= foot / static_cast<double>(legs_.feet().size());
    }
    const MatrixXd ground = over.topRows(2).transpose() * over.topRows(2);
    const MatrixXd height = over.bottomRows(1).transpose() * over.bottomRows(1);
    MatrixXd q = MatrixXd::Zero(2 * nv, 2 * nv);
    q.topLeftCorner(nv, nv) = w.com * ground + w.height * height;
    q.bottomRightCorner(nv, nv) = w.com_speed * ground + 0.1 * w.height * height;
    RowMatrix turn(3, nv);
    mj_jacBody(&m_, &d_, nullptr, turn.data(), legs_.trunk());
    const MatrixXd level = turn.transpose() * turn;
    q.topLeftCorner(nv, nv) += w.turn * level;
    q.bottomRightCorner(nv, nv) += 0.1 * w.turn * level;
    for (const auto& joint : legs_.joints()) {
      q(joint.dof, joint.dof) += w.joint;
      q(nv + joint.dof, nv + joint.dof) += w.speed;
    }
    return q;
  }

  Result<MatrixXd> gain_at(int steps) {
    const int nv = m_.nv, nx = 2 * nv + m_.na;
    if (m_.na != 0) return cannot_stand(policy_, "actuators with a state of their own");
    const MatrixXd q = weights();
    RowMatrix a(nx, nx), b(nx, m_.nu);
    mjd_transitionFD(&m_, &d_, 1e-6, 1, a.data(), b.data(), nullptr, nullptr);
    MatrixXd drive(nx, n_);
    for (int i = 0; i < n_; ++i) drive.col(i) = b.col(actuator(i));
    MatrixXd a_held = MatrixXd::Identity(nx, nx), b_held = MatrixXd::Zero(nx, n_);
    for (int i = 0; i < steps; ++i) {
      b_held += a_held * drive;
      a_held = a_held * a;
    }
    const Weights w;
    const VectorXd r = w.torque * legs_.most_nm().cwiseAbs2().cwiseInverse();
    const auto gain = lqr_gain(a_held, b_held, q, r);
    if (!gain) return cannot_stand(policy_, "no gain keeps it");
    return *gain;
  }

  [[nodiscard]] int actuator(int joint) const {
    return mj_name2id(&m_, mjOBJ_ACTUATOR, legs_.group().actuators[static_cast<std::size_t>(joint)].c_str());
  }

  const std::string& policy_;
  const LegModel& legs_;
  mjModel& m_;
  mjData& d_;
  int n_, root_ = 0;
};

}  // namespace

Result<Stand> design_stand(const std::string& policy, const LegModel& legs, double depth_m, int steps) {
  return Designer(policy, legs).design(depth_m, steps);
}

}  // namespace assay::policies
