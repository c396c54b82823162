// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <Eigen/QR>
#include <Eigen/SVD>

#include <trimtab/core/errc.hpp>
#include <trimtab/core/math.hpp>
#include <trimtab/core/result.hpp>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace trimtab::sizing {

/// Where a bounded least-squares problem has its least.
struct least_squares_point {
  Eigen::VectorXd position{};  ///< m
  double kkt_residual = 0.0;   ///< the certificate: slope left, columns at unit length, of the size of the data's
  int rank = 0;                ///< of M
};

namespace detail {

/// The method of `bounded_least_squares`, the columns of M of unit length or zero.
///
/// Every variable is either free in a cell where the objective is quadratic, or fixed: at a bound, at the kink of its
/// cost, or where it started. Fixed ones are freed where that lowers the objective, the steepest first.
class breakpoint_set {
public:
  breakpoint_set(const Eigen::MatrixXd& m, const Eigen::VectorXd& b, const Eigen::VectorXd& q,
                 const Eigen::VectorXd& low, const Eigen::VectorXd& high)
      : m_(m), b_(b), q_(q), low_(low), high_(high), z_(low.cwiseMax(0.0).cwiseMin(high)), cells_(size()) {
    scale_ = 2.0 * b.norm() + (q.size() > 0 ? q.maxCoeff() : 0.0);
  }

  /// @errors no_convergence
  errc solve() {
    std::vector<bool> stuck(size(), false);
    for (std::size_t outer = 0; outer < 50 + 20 * size(); ++outer) {
      const Eigen::VectorXd g = gradient();
      std::size_t chosen = size();
      double most = 1e-13 * scale_;
      for (std::size_t k = 0; k < size(); ++k)
        if (!cells_[k].free && !stuck[k] && violation(k, g) > most) chosen = k, most = violation(k, g);
      if (chosen == size()) return residual() <= 1e-9 ? errc::ok : errc::no_convergence;
      const double before = z_[index(chosen)];
      enter(chosen, down_slope(chosen, g) > -up_slope(chosen, g));
      if (!settle()) return errc::no_convergence;
      const bool moved = cells_[chosen].free || z_[index(chosen)] != before;
      if (moved) std::fill(stuck.begin(), stuck.end(), false);
      stuck[chosen] = !moved;  // a violation of rounding alone
    }
    return errc::no_convergence;
  }
  [[nodiscard]] const Eigen::VectorXd& position() const { return z_; }
  [[nodiscard]] double residual() const {
    const Eigen::VectorXd g = gradient();
    double most = 0.0;
    for (std::size_t k = 0; k < size(); ++k) most = std::max(most, violation(k, g));
    return scale_ > 0.0 ? most / scale_ : most;
  }

private:
  struct cell {
    bool free = false;
    double low = 0.0, high = 0.0, sign = 0.0;  ///< where it is free, and the sign of z there
  };

  static Eigen::Index index(std::size_t k) { return static_cast<Eigen::Index>(k); }
  [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(q_.size()); }
  [[nodiscard]] Eigen::VectorXd gradient() const { return 2.0 * (m_.transpose() * (b_ + m_ * z_)); }
  /// Slope of the objective upwards, +inf at the upper bound; and downwards, −inf at the lower.
  [[nodiscard]] double up_slope(std::size_t k, const Eigen::VectorXd& g) const {
    const Eigen::Index i = index(k);
    if (z_[i] >= high_[i]) return infinity;
    return g[i] + (z_[i] >= 0.0 ? q_[i] : -q_[i]);
  }
  [[nodiscard]] double down_slope(std::size_t k, const Eigen::VectorXd& g) const {
    const Eigen::Index i = index(k);
    if (z_[i] <= low_[i]) return -infinity;
    return g[i] + (z_[i] > 0.0 ? q_[i] : -q_[i]);
  }
  [[nodiscard]] double violation(std::size_t k, const Eigen::VectorXd& g) const {
    return std::max({-up_slope(k, g), down_slope(k, g), 0.0});
  }
  void enter(std::size_t k, bool downwards) {
    const Eigen::Index i = index(k);
    const bool negative = downwards ? z_[i] <= 0.0 : z_[i] < 0.0;
    cell& c = cells_[k];
    c = {true, low_[i], high_[i], 0.0};
    if (!(q_[i] > 0.0)) return;
    c.sign = negative ? -1.0 : 1.0;
    (negative ? c.high : c.low) = negative ? std::min(0.0, high_[i]) : std::max(0.0, low_[i]);
  }
  /// The least over the free variables; who reaches the end of its cell is fixed there, and the rest goes on.
  bool settle() {
    for (int whole = 0; whole < 2;) {  // the second whole step takes the rounding out of the first
      std::vector<std::size_t> list;
      for (std::size_t k = 0; k < size(); ++k)
        if (cells_[k].free) list.push_back(k);
      if (list.empty()) return true;
      const Eigen::Index count = static_cast<Eigen::Index>(list.size());
      Eigen::MatrixXd part(m_.rows(), count);
      Eigen::VectorXd pull(count);
      for (Eigen::Index j = 0; j < count; ++j) {
        const std::size_t k = list[static_cast<std::size_t>(j)];
        part.col(j) = m_.col(index(k));
        pull[j] = q_[index(k)] * cells_[k].sign;
      }
      const Eigen::JacobiSVD<Eigen::MatrixXd> svd(part, Eigen::ComputeThinU | Eigen::ComputeThinV);
      const Eigen::Index rank = svd.rank();
      const auto v = svd.matrixV().leftCols(rank);
      const Eigen::ArrayXd s = svd.singularValues().head(rank).array();
      const Eigen::VectorXd along = v.transpose() * pull,
                            along_u = svd.matrixU().leftCols(rank).transpose() * (b_ + m_ * z_);
      const Eigen::VectorXd across = pull - v * along;  // copies of one another: shift to the cheaper one, to its end
      const bool shift = across.norm() > 1e-10 * pull.norm();
      Eigen::VectorXd step = -v * (along_u.array() / s + 0.5 * along.array() / (s * s)).matrix();
      if (shift) step = -across;

      double share = shift ? infinity : 1.0;
      Eigen::Index end = count;
      for (Eigen::Index j = 0; j < count; ++j) {
        const std::size_t k = list[static_cast<std::size_t>(j)];
        const double edge = step[j] > 0.0 ? cells_[k].high : cells_[k].low;
        if (step[j] == 0.0 || !is_finite(edge)) continue;
        if (const double reach = std::max((edge - z_[index(k)]) / step[j], 0.0); reach < share) share = reach, end = j;
      }
      if (!is_finite(share) || !step.allFinite()) return false;
      for (Eigen::Index j = 0; j < count; ++j) z_[index(list[static_cast<std::size_t>(j)])] += share * step[j];
      if (end == count) {
        ++whole;
        continue;
      }
      const std::size_t k = list[static_cast<std::size_t>(end)];
      z_[index(k)] = step[end] > 0.0 ? cells_[k].high : cells_[k].low;
      cells_[k].free = false;
      whole = 0;
    }
    return true;
  }

  const Eigen::MatrixXd& m_;
  const Eigen::VectorXd &b_, &q_, &low_, &high_;
  Eigen::VectorXd z_;
  std::vector<cell> cells_;
  double scale_ = 0.0;
};

}  // namespace detail

/// @brief The z in bounds for which ‖b + M·z‖² + Σ q·|z| is least.
///
/// Convex, so that a stationary point is the answer, and how stationary it is, its certificate. Where columns are
/// copies of one another the answer is one of many.
/// @param m  r × m; @param b  r; @param q  m, costs, at least 0; @param low, high  m, infinite without limit
/// @errors size_mismatch, not_finite, negative_amount (a cost), bad_configuration (a lower bound above the upper),
///         no_convergence (residual above 10⁻⁹)
/// @source Stark and Parker 1995, "Bounded-variable least-squares", with the kink of the cost as one more bound
inline result<least_squares_point> bounded_least_squares(const Eigen::MatrixXd& m, const Eigen::VectorXd& b,
                                                         const Eigen::VectorXd& q, const Eigen::VectorXd& low,
                                                         const Eigen::VectorXd& high) {
  const Eigen::Index count = m.cols();
  if (m.rows() != b.size() || q.size() != count || low.size() != count || high.size() != count)
    return errc::size_mismatch;
  if (!m.allFinite() || !b.allFinite() || !q.allFinite()) return errc::not_finite;
  for (Eigen::Index k = 0; k < count; ++k) {
    if (low[k] != low[k] || high[k] != high[k] || low[k] == infinity || high[k] == -infinity) return errc::not_finite;
    if (q[k] < 0.0) return errc::negative_amount;
    if (low[k] > high[k]) return errc::bad_configuration;
  }
  Eigen::VectorXd length = m.colwise().norm().transpose();
  for (Eigen::Index k = 0; k < count; ++k)
    if (length[k] == 0.0) length[k] = 1.0;
  if (!length.allFinite() || !is_finite(b.norm())) return errc::not_finite;
  const Eigen::MatrixXd unit = m * length.cwiseInverse().asDiagonal();
  const Eigen::VectorXd scaled_q = q.cwiseQuotient(length);
  const Eigen::VectorXd scaled_low = low.cwiseProduct(length), scaled_high = high.cwiseProduct(length);
  detail::breakpoint_set problem(unit, b, scaled_q, scaled_low, scaled_high);
  if (const errc e = problem.solve(); e != errc::ok) return e;
  least_squares_point p;
  // Back to the caller's units, and on the bound itself where it is reached.
  p.position = problem.position().cwiseQuotient(length).cwiseMax(low).cwiseMin(high);
  p.kkt_residual = problem.residual();
  p.rank = count == 0 ? 0 : static_cast<int>(Eigen::ColPivHouseholderQR<Eigen::MatrixXd>(unit).rank());
  return p;
}

}  // namespace trimtab::sizing
