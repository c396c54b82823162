// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/interop/eigen.hpp>

#include "support/formulas.hpp"
#include "support/random.hpp"
#include "support/tolerance.hpp"
#include <cmath>

namespace trimtab {
namespace {

using T = test::tolerance<double>;

auto sample_greeks() {
  static constexpr double quoted[] = {2000.0, 40'000.0, 1.0};
  return sensitivity::health_greeks(test::sample_pool.liquidation_form<double>(test::sample_account()),
                                    oracle_prices<double>(quoted));
}

TEST(EigenViews, DeltaIsTheSameMemory) {
  const auto g = sample_greeks();
  const auto delta = interop::delta_vector(g);
  ASSERT_EQ(delta.size(), 3);
  EXPECT_EQ(delta.data(), g.delta.data());
  for (Eigen::Index i = 0; i < 3; ++i) EXPECT_EQ(delta[i], g.delta[static_cast<std::size_t>(i)]);
}

TEST(EigenViews, GammaAppliedIsTheDenseHessianTimesTheMove) {
  const auto g = sample_greeks();
  std::array<double, 9> dense{};
  ASSERT_EQ(g.dense(dense), errc::ok);
  const Eigen::Map<const Eigen::Matrix<double, 3, 3, Eigen::RowMajor>> hessian(dense.data());
  test::random_numbers random(7);
  for (int n = 0; n < 1000; ++n) {
    const Eigen::VectorXd move = Eigen::Vector3d{random.uniform(-1.0, 1.0) * 2000.0,
                                                 random.uniform(-1.0, 1.0) * 40'000.0, random.uniform(-1.0, 1.0)};
    Eigen::VectorXd out(3);
    interop::apply_gamma(g, move, out);
    const Eigen::VectorXd expected = hessian * move;
    const Eigen::VectorXd terms = hessian.cwiseAbs() * move.cwiseAbs();
    for (Eigen::Index i = 0; i < 3; ++i) EXPECT_LE(std::fabs(out[i] - expected[i]), T::sum * terms[i]) << n;
  }
}

TEST(EigenViews, NoMoveIsNoChange) {
  const auto g = sample_greeks();
  const Eigen::VectorXd still = Eigen::VectorXd::Zero(3);
  Eigen::VectorXd out = Eigen::VectorXd::Ones(3);
  interop::apply_gamma(g, still, out);
  EXPECT_TRUE(out.isZero(0.0));
}

TEST(EigenViews, WithoutDebtTheyAreZeroAndOfTheRightLength) {
  const double quoted[] = {2000.0, 40'000.0, 1.0};
  const auto g = sensitivity::health_greeks(test::sample_market.liquidation_form<double>(test::sample_position(0.0)),
                                            oracle_prices<double>(quoted));
  EXPECT_TRUE(interop::delta_vector(g).isZero(0.0));
  EXPECT_EQ(interop::delta_vector(g).size(), 3);
}

}  // namespace
}  // namespace trimtab
