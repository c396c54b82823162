// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sizing/delta_gamma_hedge.hpp>

#include "support/random.hpp"
#include <algorithm>
#include <cmath>
#include <limits>

namespace {

using namespace trimtab;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using sizing::delta_gamma_book;
using sizing::hedge_delta_gamma;
using sizing::hedge_instruments;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

VectorXd vector(std::initializer_list<double> x) {
  VectorXd v(static_cast<Index>(x.size()));
  std::copy(x.begin(), x.end(), v.data());
  return v;
}
MatrixXd symmetric(Index n, test::random_numbers& random) {
  MatrixXd m(n, n);
  for (Index i = 0; i < n; ++i)
    for (Index j = 0; j <= i; ++j) m(i, j) = m(j, i) = random.uniform(-1.0, 1.0);
  return m;
}
// κ₂ as the reference writes it, without the root of Σ.
double kappa2(const delta_gamma_book& b, const hedge_instruments& with, const VectorXd& h) {
  const Index n = b.delta.size();
  VectorXd delta = b.delta + with.deltas * h;
  MatrixXd gamma = b.gamma;
  for (Index k = 0; k < h.size(); ++k) gamma += h[k] * with.gammas.middleCols(k * n, n);
  const MatrixXd moved = gamma * b.covariance;
  return delta.dot(b.covariance * delta) + 0.5 * (moved * moved).trace();
}

TEST(DeltaGammaHedge, WorkedByHand) {
  // One price of variance 4: delta 10, gamma 3. A perp takes the delta, an option (½, ¼) the gamma: −12 of it, and −4.
  const delta_gamma_book book{
      .delta = vector({10.0}), .gamma = MatrixXd::Constant(1, 1, 3.0), .covariance = MatrixXd::Constant(1, 1, 4.0)};
  hedge_instruments with{.deltas = MatrixXd(1, 2), .gammas = MatrixXd(1, 2)};
  with.deltas << 1.0, 0.5;
  with.gammas << 0.0, 0.25;
  const auto h = hedge_delta_gamma(book, with);
  ASSERT_TRUE(h);
  EXPECT_NEAR(h->position[0], -4.0, 1e-13);
  EXPECT_NEAR(h->position[1], -12.0, 1e-13);
  EXPECT_NEAR(h->variance_before, 4.0 * 100.0 + 0.5 * 144.0, 1e-11);
  EXPECT_NEAR(h->variance_after, 0.0, 1e-24);
  EXPECT_EQ(h->rank, 2);
  // No more than six options can be had: the rest of the gamma stays, 1.5, and the perp makes up for their delta.
  with.low = vector({-100.0, -6.0}), with.high = vector({100.0, 0.0});
  const auto limited = hedge_delta_gamma(book, with);
  EXPECT_NEAR(limited->position[0], -7.0, 1e-13);
  EXPECT_EQ(limited->position[1], -6.0);
  EXPECT_NEAR(limited->variance_after, 0.5 * 36.0, 1e-11);
}

TEST(DeltaGammaHedge, WithDeltasAloneItIsTheMinimumVarianceHedge) {
  test::random_numbers random(17);
  double worst = 0.0;
  for (int i = 0; i < 500; ++i) {
    const Index n = 2 + static_cast<Index>(random.below(4)), m = 1 + static_cast<Index>(random.below(2));
    const MatrixXd a = MatrixXd::NullaryExpr(n, m, [&](Index, Index) { return random.uniform(-1.0, 1.0); });
    const MatrixXd root = MatrixXd::NullaryExpr(n, n, [&](Index, Index) { return random.uniform(-1.0, 1.0); });
    delta_gamma_book book{.delta = VectorXd::NullaryExpr(n, [&](Index) { return random.uniform(-1.0, 1.0); }),
                          .gamma = {},
                          .covariance = root * root.transpose() + 0.1 * MatrixXd::Identity(n, n)};
    const auto h = hedge_delta_gamma(book, {.deltas = a});
    ASSERT_TRUE(h);
    const MatrixXd& c = book.covariance;
    const VectorXd expected = -(a.transpose() * c * a).ldlt().solve(a.transpose() * c * book.delta);
    worst = std::max(worst, (h->position - expected).norm() / (1.0 + expected.norm()));
    ASSERT_LE(h->variance_after, h->variance_before * (1.0 + 1e-14));
  }
  std::cout << "worst relative difference from −(A'ΣA)⁻¹A'ΣΔ " << worst << '\n';
  EXPECT_LT(worst, 1e-11);
}

// The variances reported are those of the reference's formula, and no position near or far in the limits has less.
TEST(DeltaGammaHedge, NoOtherPositionHasLessVariance) {
  test::random_numbers random(18);
  double worst_variance = 0.0, worst_kkt = 0.0, reduction = 0.0;
  constexpr int books = 300;
  for (int i = 0; i < books; ++i) {
    const Index n = 1 + static_cast<Index>(random.below(4)), m = 1 + static_cast<Index>(random.below(6));
    const MatrixXd root = MatrixXd::NullaryExpr(n, n, [&](Index, Index) { return random.uniform(-1.0, 1.0); });
    delta_gamma_book book{.delta = VectorXd::NullaryExpr(n, [&](Index) { return random.uniform(-1.0, 1.0); }),
                          .gamma = symmetric(n, random),
                          .covariance = root * root.transpose()};
    hedge_instruments with{.deltas = MatrixXd::NullaryExpr(n, m, [&](Index, Index) { return random.uniform(-1, 1); }),
                           .gammas = MatrixXd(n, n * m),
                           .low = VectorXd::NullaryExpr(m, [&](Index) { return random.uniform(-1.0, 0.0); }),
                           .high = VectorXd::NullaryExpr(m, [&](Index) { return random.uniform(0.0, 1.0); }),
                           .cost = VectorXd::NullaryExpr(m, [&](Index) { return random.uniform(0.0, 1.0); })};
    for (Index k = 0; k < m; ++k) with.gammas.middleCols(k * n, n) = symmetric(n, random);
    const sizing::hedge_weights weights{.ridge = i % 2 ? 0.01 : 0.0, .cost = i % 3 ? random.uniform(0.0, 0.2) : 0.0};
    const auto h = hedge_delta_gamma(book, with, weights);
    ASSERT_TRUE(h) << name(h.error());
    const double before = kappa2(book, with, VectorXd::Zero(m)), after = kappa2(book, with, h->position);
    worst_variance = std::max(
        {worst_variance, std::abs(h->variance_before - before) / before, std::abs(h->variance_after - after) / before});
    worst_kkt = std::max(worst_kkt, h->kkt_residual);
    reduction += h->variance_after / h->variance_before / books;
    ASSERT_NEAR(h->cost, with.cost.dot(h->position.cwiseAbs()), 1e-14);
    const auto objective = [&](const VectorXd& x) {
      return kappa2(book, with, x) + weights.ridge * x.squaredNorm() + weights.cost * with.cost.dot(x.cwiseAbs());
    };
    const double ours = objective(h->position);
    for (int t = 0; t < 300; ++t) {
      const double reach = random.log_uniform(1e-5, 2.0);
      VectorXd x(m);
      for (Index k = 0; k < m; ++k)
        x[k] = std::clamp(h->position[k] + reach * random.uniform(-1.0, 1.0), with.low[k], with.high[k]);
      ASSERT_GE(objective(x), ours - 1e-12 * before);
    }
  }
  std::cout << "variances off by at most " << worst_variance << " of the unhedged; worst residual " << worst_kkt
            << "; mean variance left " << reduction << '\n';
  EXPECT_LT(worst_variance, 1e-13);
  EXPECT_LT(worst_kkt, 1e-12);
  EXPECT_LT(reduction, 0.8);
}

// κ₂ is the variance of the second-order value: with n = 1, δX + ½ΓX² by Gauss–Hermite's rule of four, exact for it.
TEST(DeltaGammaHedge, TheVarianceIsThatOfTheValue) {
  const double variance = 0.7, delta = 1.3, gamma = -0.8;
  const delta_gamma_book book{.delta = vector({delta}),
                              .gamma = MatrixXd::Constant(1, 1, gamma),
                              .covariance = MatrixXd::Constant(1, 1, variance)};
  const auto h = hedge_delta_gamma(book, {.deltas = MatrixXd::Zero(1, 1)});
  ASSERT_TRUE(h);
  const double root6 = std::sqrt(6.0);
  const std::array<double, 2> node{std::sqrt(3.0 - root6), std::sqrt(3.0 + root6)};
  const std::array<double, 2> weight{(3.0 + root6) / 12.0, (3.0 - root6) / 12.0};
  double first = 0.0, second = 0.0;
  for (std::size_t i = 0; i < 2; ++i)
    for (const double sign : {-1.0, 1.0}) {
      const double x = sign * node[i] * std::sqrt(variance), value = delta * x + 0.5 * gamma * x * x;
      first += weight[i] * value, second += weight[i] * value * value;
    }
  EXPECT_NEAR(h->variance_before, second - first * first, 1e-14);
  EXPECT_EQ(h->variance_after, h->variance_before);
  EXPECT_EQ(h->rank, 0) << "an instrument without effect";
}

TEST(DeltaGammaHedge, CopiesAreCountedAndTheRidgeSharesBetweenThem) {
  const delta_gamma_book book{.delta = vector({1.0}), .gamma = {}, .covariance = MatrixXd::Constant(1, 1, 1.0)};
  MatrixXd two(1, 2);
  two << 1.0, 1.0;
  EXPECT_EQ(hedge_delta_gamma(book, {.deltas = two})->rank, 1);
  EXPECT_NEAR(hedge_delta_gamma(book, {.deltas = two})->variance_after, 0.0, 1e-28);
  const auto shared = hedge_delta_gamma(book, {.deltas = two}, {.ridge = 1e-6});
  EXPECT_NEAR(shared->position[0], -0.5, 1e-6);
  EXPECT_NEAR(shared->position[1], -0.5, 1e-6);
  // A cost so high that nothing is bought; and one in between: 2·(1 − h) = λ.
  const auto dear = hedge_delta_gamma(book, {.deltas = MatrixXd::Identity(1, 1), .cost = vector({2.0})}, {.cost = 1.0});
  EXPECT_EQ(dear->position[0], 0.0);
  const auto some = hedge_delta_gamma(book, {.deltas = MatrixXd::Identity(1, 1), .cost = vector({1.0})}, {.cost = 1.0});
  EXPECT_NEAR(some->position[0], -0.5, 1e-15);
  EXPECT_NEAR(some->cost, 0.5, 1e-15);
}

TEST(DeltaGammaHedge, BadInputIsRefusedByName) {
  const delta_gamma_book good{
      .delta = vector({1.0, 0.0}), .gamma = MatrixXd::Identity(2, 2), .covariance = MatrixXd::Identity(2, 2)};
  const hedge_instruments with{.deltas = MatrixXd::Identity(2, 2),
                               .gammas = MatrixXd::Zero(2, 4),
                               .low = vector({-1.0, -1.0}),
                               .high = vector({1.0, 1.0}),
                               .cost = vector({0.0, 0.0})};
  ASSERT_TRUE(hedge_delta_gamma(good, with));
  const auto book_error = [&](auto change) {
    delta_gamma_book b = good;
    change(b);
    return hedge_delta_gamma(b, with).error();
  };
  const auto with_error = [&](auto change) {
    hedge_instruments w = with;
    change(w);
    return hedge_delta_gamma(good, w).error();
  };
  EXPECT_EQ(hedge_delta_gamma({}, {}).error(), errc::size_mismatch);
  EXPECT_EQ(book_error([](auto& b) { b.delta = vector({1.0}); }), errc::size_mismatch);
  EXPECT_EQ(book_error([](auto& b) { b.gamma = MatrixXd::Identity(3, 3); }), errc::size_mismatch);
  EXPECT_EQ(book_error([](auto& b) { b.covariance = MatrixXd::Identity(2, 3); }), errc::size_mismatch);
  EXPECT_EQ(with_error([](auto& w) { w.gammas = MatrixXd::Zero(2, 2); }), errc::size_mismatch);
  EXPECT_EQ(with_error([](auto& w) { w.low = vector({0.0}); }), errc::size_mismatch);
  EXPECT_EQ(with_error([](auto& w) { w.cost = vector({0.0}); }), errc::size_mismatch);
  EXPECT_EQ(book_error([](auto& b) { b.delta[0] = nan; }), errc::not_finite);
  EXPECT_EQ(book_error([](auto& b) { b.gamma(0, 0) = nan; }), errc::not_finite);
  EXPECT_EQ(book_error([](auto& b) { b.covariance(0, 0) = infinity; }), errc::not_finite);
  EXPECT_EQ(with_error([](auto& w) { w.deltas(0, 0) = nan; }), errc::not_finite);
  EXPECT_EQ(with_error([](auto& w) { w.gammas(0, 0) = nan; }), errc::not_finite);
  EXPECT_EQ(with_error([](auto& w) { w.low[0] = nan; }), errc::not_finite);
  EXPECT_EQ(with_error([](auto& w) { w.cost[0] = nan; }), errc::not_finite);
  EXPECT_EQ(with_error([](auto& w) { w.cost[0] = -1.0; }), errc::negative_amount);
  EXPECT_EQ(with_error([](auto& w) { w.low[0] = 2.0; }), errc::bad_configuration);
  EXPECT_EQ(with_error([](auto& w) { w.gammas(0, 1) = 1.0; }), errc::bad_configuration) << "asymmetric";
  EXPECT_EQ(book_error([](auto& b) { b.gamma(0, 1) = 1.0; }), errc::bad_configuration);
  EXPECT_EQ(book_error([](auto& b) { b.covariance(0, 1) = 0.5; }), errc::bad_configuration);
  EXPECT_EQ(book_error([](auto& b) { b.covariance(0, 1) = b.covariance(1, 0) = 1.5; }), errc::bad_configuration)
      << "a correlation above 1";
  EXPECT_EQ(hedge_delta_gamma(good, with, {.ridge = -1.0}).error(), errc::negative_amount);
  EXPECT_EQ(hedge_delta_gamma(good, with, {.cost = nan}).error(), errc::not_finite);
}

}  // namespace
