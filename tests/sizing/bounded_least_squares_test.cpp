// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sizing/bounded_least_squares.hpp>

#include "support/random.hpp"
#include <algorithm>
#include <cmath>
#include <limits>

namespace {

using namespace trimtab;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using sizing::bounded_least_squares;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

VectorXd vector(std::initializer_list<double> x) {
  VectorXd v(static_cast<Index>(x.size()));
  std::copy(x.begin(), x.end(), v.data());
  return v;
}
double objective(const MatrixXd& m, const VectorXd& b, const VectorXd& q, const VectorXd& z) {
  return (b + m * z).squaredNorm() + q.dot(z.cwiseAbs());
}

TEST(BoundedLeastSquares, WorkedByHand) {
  // (z₁ − 3)² + (z₂ + 2)²: free, then bounded, then with a cost of 2 on each.
  const MatrixXd one = MatrixXd::Identity(2, 2);
  const VectorXd b = vector({-3.0, 2.0}), none = vector({0.0, 0.0});
  const auto free = bounded_least_squares(one, b, none, vector({-9.0, -9.0}), vector({9.0, 9.0}));
  ASSERT_TRUE(free);
  EXPECT_TRUE(free->position.isApprox(vector({3.0, -2.0}), 1e-15));
  const auto bounded = bounded_least_squares(one, b, none, vector({0.0, 0.0}), vector({1.0, 9.0}));
  EXPECT_EQ(bounded->position, vector({1.0, 0.0}));
  const auto costly = bounded_least_squares(one, b, vector({2.0, 2.0}), vector({-9.0, -9.0}), vector({9.0, 9.0}));
  EXPECT_TRUE(costly->position.isApprox(vector({2.0, -1.0}), 1e-15));
  const auto dear = bounded_least_squares(one, b, vector({6.0, 3.9}), vector({-9.0, -9.0}), vector({9.0, 9.0}));
  EXPECT_EQ(dear->position[0], 0.0) << "not worth it at the first unit";
  EXPECT_NEAR(dear->position[1], -0.05, 1e-15);
}

// Every active set tried: each variable at its lower or upper bound, at zero, or free with either sign.
double best_of_all_active_sets(const MatrixXd& m, const VectorXd& b, const VectorXd& q, const VectorXd& low,
                               const VectorXd& high) {
  const Index count = m.cols();
  const int states = q.maxCoeff() > 0.0 ? 5 : 3;
  int patterns = 1;
  for (Index k = 0; k < count; ++k) patterns *= states;
  double best = infinity;
  for (int pattern = 0; pattern < patterns; ++pattern) {
    VectorXd z = VectorXd::Zero(count), pull = VectorXd::Zero(count);
    std::vector<Index> free;
    int rest = pattern;
    for (Index k = 0; k < count; ++k, rest /= states) {
      const int state = rest % states;
      if (state == 0) z[k] = low[k];
      if (state == 1) z[k] = high[k];
      if (state == 2 && states == 3) free.push_back(k);
      if (state >= 3) free.push_back(k), pull[k] = state == 3 ? q[k] : -q[k];
    }
    if (!free.empty()) {
      const Index f = static_cast<Index>(free.size());
      MatrixXd part(m.rows(), f);
      VectorXd slope(f);
      for (Index j = 0; j < f; ++j) part.col(j) = m.col(free[std::size_t(j)]), slope[j] = pull[free[std::size_t(j)]];
      const MatrixXd normal = part.transpose() * part;
      const VectorXd x = normal.ldlt().solve(-(part.transpose() * (b + m * z)) - 0.5 * slope);
      for (Index j = 0; j < f; ++j) z[free[std::size_t(j)]] = x[j];
    }
    if (!z.allFinite() || (z.array() < low.array()).any() || (z.array() > high.array()).any()) continue;
    best = std::min(best, objective(m, b, q, z));
  }
  return best;
}

TEST(BoundedLeastSquares, NoActiveSetIsBetter) {
  test::random_numbers random(14);
  double worst = 0.0, worst_kkt = 0.0;
  int at_bounds = 0, at_zero = 0, variables = 0;
  constexpr int problems = 3000;
  for (int i = 0; i < problems; ++i) {
    const bool costly = i % 2 == 0;
    const Index count = 1 + static_cast<Index>(random.below(costly ? 4 : 6));
    const Index rows = count + static_cast<Index>(random.below(8));
    MatrixXd m(rows, count);
    VectorXd b(rows), q = VectorXd::Zero(count), low(count), high(count);
    for (Index r = 0; r < rows; ++r) b[r] = random.uniform(-1.0, 1.0);
    for (Index k = 0; k < count; ++k) {
      const double scale = random.log_uniform(1e-4, 1e4);  // instruments in units of their own
      for (Index r = 0; r < rows; ++r) m(r, k) = scale * random.uniform(-1.0, 1.0);
      const double a = random.uniform(-1.0, 1.0) / scale, c = random.uniform(-1.0, 1.0) / scale;
      low[k] = std::min(a, c), high[k] = std::max(a, c);
      if (random.below(3) == 0) low[k] = -2.0 / scale, high[k] = 2.0 / scale;
      if (costly) q[k] = random.below(4) == 0 ? 0.0 : scale * random.uniform(0.0, 1.0);
    }
    if (costly && !(q.maxCoeff() > 0.0)) q[0] = 1e-3 * m.col(0).norm();
    const auto p = bounded_least_squares(m, b, q, low, high);
    ASSERT_TRUE(p) << name(p.error()) << " at " << i;
    ASSERT_TRUE((p->position.array() >= low.array()).all() && (p->position.array() <= high.array()).all());
    const double ours = objective(m, b, q, p->position), best = best_of_all_active_sets(m, b, q, low, high);
    const double scale = b.squaredNorm();
    ASSERT_LE(ours, best + 1e-12 * scale) << i;
    ASSERT_GE(ours, best - 1e-9 * scale) << "the enumeration found less than all of them: " << i;
    worst = std::max(worst, (ours - best) / scale);
    worst_kkt = std::max(worst_kkt, p->kkt_residual);
    for (Index k = 0; k < count; ++k, ++variables) {
      at_bounds += p->position[k] == low[k] || p->position[k] == high[k] ? 1 : 0;
      at_zero += p->position[k] == 0.0 ? 1 : 0;
    }
  }
  std::cout << problems << " problems, " << variables << " variables, " << at_bounds << " at a bound, " << at_zero
            << " at zero; above the best active set by at most " << worst << ", worst residual " << worst_kkt << '\n';
  EXPECT_GT(at_bounds, variables / 5);
  EXPECT_GT(at_zero, variables / 50);
  EXPECT_LT(worst_kkt, 1e-12);
  EXPECT_GT(worst_kkt, 0.0) << "a residual that is always nothing was not measured";
}

TEST(BoundedLeastSquares, ManyVariablesWithCopiesAmongThemStillComeToRest) {
  test::random_numbers random(15);
  double worst = 0.0;
  for (int i = 0; i < 200; ++i) {
    const Index count = 24, rows = 18;
    MatrixXd m(rows, count);
    VectorXd b(rows), q(count), low(count), high(count);
    for (Index r = 0; r < rows; ++r) b[r] = random.uniform(-1.0, 1.0);
    for (Index k = 0; k < count; ++k) {
      for (Index r = 0; r < rows; ++r) m(r, k) = random.uniform(-1.0, 1.0);
      if (k % 4 == 3) m.col(k) = m.col(k - 1) * random.uniform(-2.0, 2.0);
      q[k] = i % 3 == 0 ? 0.0 : random.uniform(0.0, 0.5);
      low[k] = -random.uniform(0.0, 0.5), high[k] = random.uniform(0.0, 0.5);
    }
    const auto p = bounded_least_squares(m, b, q, low, high);
    ASSERT_TRUE(p) << name(p.error()) << " at " << i;
    EXPECT_EQ(p->rank, 18);
    worst = std::max(worst, p->kkt_residual);
    // A convex problem: no point nearby, nor any random one, is better.
    const double ours = objective(m, b, q, p->position);
    for (int t = 0; t < 200; ++t) {
      VectorXd z(count);
      const double reach = random.log_uniform(1e-6, 1.0);
      for (Index k = 0; k < count; ++k)
        z[k] = std::clamp(p->position[k] + reach * random.uniform(-1.0, 1.0), low[k], high[k]);
      ASSERT_GE(objective(m, b, q, z), ours - 1e-12);
    }
  }
  std::cout << "worst residual " << worst << '\n';
  EXPECT_LT(worst, 1e-10);
}

TEST(BoundedLeastSquares, AMillionTimesTheDataIsAMillionTimesTheAnswer) {
  MatrixXd m(3, 2);
  m << 1.0, 0.3, -0.2, 0.7, 0.4, 0.9;
  const VectorXd b = vector({1.0, -2.0, 0.5}), q = vector({0.1, 0.2}), limit = VectorXd::Constant(2, 3.0);
  const auto one = bounded_least_squares(m, b, q, -limit, limit);
  ASSERT_TRUE(one);
  for (const double times : {1e-9, 1e9}) {
    const auto many = bounded_least_squares(m, times * b, times * q, -times * limit, times * limit);
    ASSERT_TRUE(many);
    EXPECT_TRUE(many->position.isApprox(times * one->position, 1e-14));
  }
}

TEST(BoundedLeastSquares, OfTwoCopiesTheCheaperIsUsedFirst) {
  MatrixXd m(1, 2);
  m << 1.0, 1.0;
  const auto p = bounded_least_squares(m, vector({-3.0}), vector({0.4, 0.2}), vector({-9.0, -9.0}), vector({9.0, 2.0}));
  ASSERT_TRUE(p);
  EXPECT_EQ(p->position[1], 2.0);
  EXPECT_NEAR(p->position[0], 0.8, 1e-14) << "1 − 0.4/2 of what the cheap one leaves";
  EXPECT_EQ(p->rank, 1);
}

TEST(BoundedLeastSquares, WithoutLimitsAndCostsItIsTheNormalEquations) {
  test::random_numbers random(16);
  for (int i = 0; i < 300; ++i) {
    MatrixXd m(7, 4);
    VectorXd b(7);
    for (Index r = 0; r < 7; ++r) {
      b[r] = random.uniform(-1.0, 1.0);
      for (Index k = 0; k < 4; ++k) m(r, k) = random.uniform(-1.0, 1.0);
    }
    const VectorXd limit = VectorXd::Constant(4, infinity);
    const auto p = bounded_least_squares(m, b, VectorXd::Zero(4), -limit, limit);
    ASSERT_TRUE(p);
    EXPECT_EQ(p->rank, 4);
    EXPECT_LT((m.transpose() * (b + m * p->position)).norm(), 1e-13);
  }
}

TEST(BoundedLeastSquares, AColumnOfNothingAndAProblemOfNothing) {
  const MatrixXd m = MatrixXd::Zero(2, 1);
  const auto p = bounded_least_squares(m, vector({1.0, 1.0}), vector({1.0}), vector({0.5}), vector({2.0}));
  ASSERT_TRUE(p);
  EXPECT_EQ(p->position[0], 0.5) << "no more of it than it must be";
  EXPECT_EQ(p->rank, 0);
  EXPECT_TRUE(bounded_least_squares(MatrixXd(2, 0), vector({1.0, 1.0}), {}, {}, {}).has_value());
  const MatrixXd one = MatrixXd::Identity(1, 1);
  EXPECT_EQ(bounded_least_squares(one, vector({0.0}), vector({0.0}), vector({-1.0}), vector({1.0}))->position[0], 0.0);
}

TEST(BoundedLeastSquares, BadInputIsRefusedByName) {
  const MatrixXd one = MatrixXd::Identity(1, 1);
  const VectorXd zero = vector({0.0}), up = vector({1.0}), two = vector({0.0, 0.0}), bad = vector({nan});
  EXPECT_EQ(bounded_least_squares(one, two, zero, zero, up).error(), errc::size_mismatch);
  EXPECT_EQ(bounded_least_squares(one, zero, two, zero, up).error(), errc::size_mismatch);
  EXPECT_EQ(bounded_least_squares(one, zero, zero, two, up).error(), errc::size_mismatch);
  EXPECT_EQ(bounded_least_squares(one, zero, zero, zero, two).error(), errc::size_mismatch);
  EXPECT_EQ(bounded_least_squares(nan * one, zero, zero, zero, up).error(), errc::not_finite);
  EXPECT_EQ(bounded_least_squares(one, bad, zero, zero, up).error(), errc::not_finite);
  EXPECT_EQ(bounded_least_squares(one, zero, bad, zero, up).error(), errc::not_finite);
  EXPECT_EQ(bounded_least_squares(one, zero, zero, bad, up).error(), errc::not_finite);
  EXPECT_EQ(bounded_least_squares(one, zero, zero, zero, bad).error(), errc::not_finite);
  EXPECT_EQ(bounded_least_squares(one, zero, zero, vector({infinity}), vector({infinity})).error(), errc::not_finite);
  EXPECT_EQ(bounded_least_squares(1e200 * one, zero, zero, zero, up).error(), errc::not_finite) << "its square is none";
  EXPECT_EQ(bounded_least_squares(one, 1e200 * up, zero, zero, up).error(), errc::not_finite);
  EXPECT_EQ(bounded_least_squares(one, zero, -up, zero, up).error(), errc::negative_amount);
  EXPECT_EQ(bounded_least_squares(one, zero, zero, up, zero).error(), errc::bad_configuration);
}

}  // namespace
