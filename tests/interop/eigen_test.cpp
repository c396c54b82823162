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

template <class G>
void expect_gamma_applied(const G& g, const Eigen::Vector3d& size) {
  std::array<double, 9> dense{}, mapped{};
  ASSERT_EQ(g.dense(dense), errc::ok);
  const Eigen::Map<const Eigen::Matrix<double, 3, 3, Eigen::RowMajor>> hessian(dense.data());
  EXPECT_EQ(interop::gamma_map(g, std::span<double>(mapped)), hessian);
  test::random_numbers random(7);
  for (int n = 0; n < 1000; ++n) {
    const Eigen::VectorXd move =
        Eigen::Vector3d{random.uniform(-1.0, 1.0), random.uniform(-1.0, 1.0), random.uniform(-1.0, 1.0)}.cwiseProduct(
            size);
    Eigen::VectorXd out(3);
    interop::apply_gamma(g, move, out);
    const Eigen::VectorXd expected = hessian * move;
    // The dense entries have cancelled already, each within the size of the largest.
    const double terms = (hessian.cwiseAbs() * size).cwiseProduct(size).maxCoeff();
    for (Eigen::Index i = 0; i < 3; ++i) EXPECT_LE(std::fabs(out[i] - expected[i]) * size[i], T::sum * terms) << n;
  }
}

TEST(EigenViews, GammaAppliedIsTheDenseHessianTimesTheMove) {
  static constexpr double quoted[] = {2000.0, 40'000.0, 1.0};
  const oracle_prices<double> prices(quoted);
  const auto f = test::sample_pool.liquidation_form<double>(test::sample_account());
  const Eigen::Vector3d size{2000.0, 40'000.0, 1.0}, one = Eigen::Vector3d::Ones();
  expect_gamma_applied(sensitivity::health_greeks(f, prices), size);
  expect_gamma_applied(sensitivity::log_health_greeks(f, prices), size);
  expect_gamma_applied(sensitivity::in_log_prices(sensitivity::health_greeks(f, prices), prices), one);
  expect_gamma_applied(sensitivity::in_log_prices(sensitivity::log_health_greeks(f, prices), prices), one);
}

TEST(EigenViews, ASpanOfTheWrongSizeMapsToNothing) {
  std::array<double, 8> eight{};
  EXPECT_EQ(interop::gamma_map(sample_greeks(), std::span<double>(eight)).size(), 0);
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
