// SPDX-License-Identifier: MIT
#include <Eigen/Eigenvalues>
#include <gtest/gtest.h>

#include <trimtab/forecast/shrinkage.hpp>
#include <trimtab/simulate/counter_random.hpp>

#include "support/random.hpp"
#include "support/tolerance.hpp"
#include <array>
#include <cmath>
#include <cstdio>

namespace trimtab {
namespace {

using namespace forecast;
using Eigen::MatrixXd;

/// Returns of assets that follow one market and themselves, of volatilities between `low` and `high`.
struct market {
  Eigen::Index assets = 10;
  double low = 0.02, high = 0.02, correlation = 0.3;

  [[nodiscard]] double deviation(Eigen::Index i) const {
    return low + (high - low) * static_cast<double>(i) / static_cast<double>(assets - 1);
  }
  [[nodiscard]] MatrixXd truth() const {
    MatrixXd sigma(assets, assets);
    for (Eigen::Index i = 0; i < assets; ++i)
      for (Eigen::Index j = 0; j < assets; ++j)
        sigma(i, j) = (i == j ? 1.0 : correlation) * deviation(i) * deviation(j);
    return sigma;
  }
  [[nodiscard]] MatrixXd draw(std::uint64_t sample, Eigen::Index periods) const {
    const simulate::counter_random random{.seed = 2004, .stream = sample};
    MatrixXd returns(periods, assets);
    std::uint64_t n = 0;
    for (Eigen::Index t = 0; t < periods; ++t) {
      const double common = random.normal(n++);
      for (Eigen::Index i = 0; i < assets; ++i) {
        const double own = random.normal(n++);
        returns(t, i) = deviation(i) * (std::sqrt(correlation) * common + std::sqrt(1.0 - correlation) * own);
      }
    }
    return returns;
  }
};

MatrixXd sample_covariance(const MatrixXd& returns) {
  const MatrixXd centred = returns.rowwise() - returns.colwise().mean();
  return centred.transpose() * centred / static_cast<double>(returns.rows());
}

TEST(Shrinkage, AgreesWithFortyDigitReferences) {
  MatrixXd returns(10, 3);
  returns << 3, 1, -2, -1, 2, 1, 2, 3, 0, -4, -3, 1, 1, 0, -3, 0, -2, 2, -2, 1, 1, 5, 4, -1, -3, -1, 0, 1, -2, 4;
  returns /= 100.0;
  const std::array<double, 6> equal{0.00061240988240358906965,   0.00020347616010332170209,  0.00049543829303938006979,
                                    -0.000095753487107445506865, -0.00010282618785970000453, 0.00043015182455703086056};
  const std::array<double, 6> correlated{
      0.000696, 0.00026050918656241023844, 0.000481, -0.00013404306932919068841, -0.00014214430521377503324, 0.000361};
  const auto one = shrink_to_equal_variances(returns), two = shrink_to_equal_correlations(returns);
  ASSERT_TRUE(one.has_value() && two.has_value());
  EXPECT_TRUE(test::close(one->intensity, 0.4559460959804232564462772, 1e-14));
  EXPECT_TRUE(test::close(two->intensity, 0.280550612496827474885508, 1e-13));
  for (Eigen::Index i = 0; i < 3; ++i)
    for (Eigen::Index j = 0; j <= i; ++j) {
      const auto at = static_cast<std::size_t>(i * (i + 1) / 2 + j);
      EXPECT_TRUE(test::close(one->covariance(i, j), equal[at], 1e-14)) << i << j;
      EXPECT_TRUE(test::close(two->covariance(i, j), correlated[at], 1e-13)) << i << j;
      EXPECT_EQ(one->covariance(i, j), one->covariance(j, i));
      EXPECT_EQ(two->covariance(i, j), two->covariance(j, i));
    }
}

/// Mean losses ‖Σ̂ − Σ‖² over samples: of the sample covariance, of the estimator, of the best fixed intensity.
struct losses {
  double sample = 0.0, shrunk = 0.0, oracle = infinity;
};

template <class Shrink, class Target>
losses losses_of(const market& m, Eigen::Index periods, const Shrink& shrink, const Target& target) {
  const MatrixXd truth = m.truth();
  losses mean;
  std::array<double, 21> fixed{};
  const int samples = 300;
  for (int n = 0; n < samples; ++n) {
    const MatrixXd returns = m.draw(static_cast<std::uint64_t>(n), periods), s = sample_covariance(returns);
    const auto shrunk = shrink(returns);
    EXPECT_TRUE(shrunk.has_value()) << name(shrunk.error());
    if (!shrunk) return mean;
    mean.sample += (s - truth).squaredNorm() / samples;
    mean.shrunk += (shrunk->covariance - truth).squaredNorm() / samples;
    const MatrixXd simple = target(s);
    for (std::size_t k = 0; k < fixed.size(); ++k) {
      const double share = 0.05 * static_cast<double>(k);
      fixed[k] += (share * simple + (1.0 - share) * s - truth).squaredNorm() / samples;
    }
  }
  for (const double loss : fixed) mean.oracle = std::fmin(mean.oracle, loss);
  std::printf("%d assets, %d periods: loss against the sample's %.3f, the oracle's %.3f\n", static_cast<int>(m.assets),
              static_cast<int>(periods), mean.shrunk / mean.sample, mean.oracle / mean.sample);
  return mean;
}

TEST(Shrinkage, LosesLessThanTheSampleAndLittleMoreThanTheOracle) {
  const auto equal = [](const MatrixXd& s) -> MatrixXd {
    return s.trace() / static_cast<double>(s.rows()) * MatrixXd::Identity(s.rows(), s.cols());
  };
  const auto correlated = [](const MatrixXd& s) -> MatrixXd {
    const MatrixXd rho = *correlations_of(s);
    const double n = static_cast<double>(s.rows()), mean = (rho.sum() - n) / (n * (n - 1.0));
    MatrixXd f = mean * s.diagonal().cwiseSqrt() * s.diagonal().cwiseSqrt().transpose();
    f.diagonal() = s.diagonal();
    return f;
  };
  for (const Eigen::Index periods : {Eigen::Index{8}, Eigen::Index{30}, Eigen::Index{120}}) {
    const losses one = losses_of({.correlation = 0.1}, periods, shrink_to_equal_variances, equal);
    EXPECT_LT(one.shrunk, one.sample);
    EXPECT_LT(one.shrunk - one.oracle, 0.08 * one.sample);  // what an estimated intensity costs
    if (periods < 30) continue;                             // its intensity is noisy in very short samples
    const losses two =
        losses_of({.low = 0.01, .high = 0.05, .correlation = 0.7}, periods, shrink_to_equal_correlations, correlated);
    EXPECT_LT(two.shrunk, two.sample);
    EXPECT_LT(two.shrunk - two.oracle, 0.01 * two.sample);
  }
}

TEST(Shrinkage, IsPositiveDefiniteWithMoreAssetsThanPeriods) {
  const market m{.assets = 20, .low = 0.01, .high = 0.04, .correlation = 0.4};
  const MatrixXd returns = m.draw(9, 6);
  EXPECT_LT(Eigen::SelfAdjointEigenSolver<MatrixXd>(sample_covariance(returns)).eigenvalues()(0), 1e-15);
  for (const auto& shrunk : {shrink_to_equal_variances(returns), shrink_to_equal_correlations(returns)}) {
    ASSERT_TRUE(shrunk.has_value()) << name(shrunk.error());
    EXPECT_GT(shrunk->intensity, 0.0);
    EXPECT_LE(shrunk->intensity, 1.0);
    EXPECT_GT(Eigen::SelfAdjointEigenSolver<MatrixXd>(shrunk->covariance).eigenvalues()(0), 1e-6);
    EXPECT_TRUE(test::close(shrunk->covariance.trace(), sample_covariance(returns).trace(), 1e-13));
  }
}

TEST(Shrinkage, FadesWithTheLengthOfTheHistoryAndScales) {
  const market m{.assets = 4, .low = 0.01, .high = 0.05, .correlation = 0.5};
  const MatrixXd many = m.draw(1, 40000);
  const double few_equal = shrink_to_equal_variances(many.topRows(40))->intensity;
  EXPECT_GT(few_equal, 0.02);
  EXPECT_LT(shrink_to_equal_variances(many)->intensity, 0.01 * few_equal);
  for (const double unit : {1e-60, 1e50}) {
    const MatrixXd returns = m.draw(3, 50);
    EXPECT_TRUE(test::close(shrink_to_equal_variances(unit * returns)->intensity,
                            shrink_to_equal_variances(returns)->intensity, 1e-11));
    EXPECT_TRUE(test::close(shrink_to_equal_correlations(unit * returns)->intensity,
                            shrink_to_equal_correlations(returns)->intensity, 1e-11));
  }
  // Two assets have one correlation: the target is the sample itself.
  const market two{.assets = 2, .low = 0.01, .high = 0.03};
  const MatrixXd returns = two.draw(5, 30);
  EXPECT_TRUE(shrink_to_equal_correlations(returns)->covariance.isApprox(sample_covariance(returns), 1e-14));
  // One asset is its own target.
  EXPECT_TRUE(test::close(shrink_to_equal_variances(returns.leftCols(1))->covariance(0, 0),
                          sample_covariance(returns)(0, 0), 1e-14));
}

TEST(Shrinkage, CorrelationsByHand) {
  MatrixXd s(2, 2);
  s << 4.0, 3.0, 3.0, 9.0;
  const MatrixXd rho = *correlations_of(s);
  EXPECT_EQ(rho(0, 0), 1.0);
  EXPECT_EQ(rho(1, 1), 1.0);
  EXPECT_TRUE(test::close(rho(0, 1), 0.5, 1e-15));
  EXPECT_EQ(rho(0, 1), rho(1, 0));
  s(0, 1) = s(1, 0) = 6.0 + 1e-15;
  EXPECT_LE((*correlations_of(s))(0, 1), 1.0);
}

TEST(Shrinkage, RefusesByName) {
  const double nan = std::nan("");
  const market m{.assets = 3};
  const MatrixXd good = m.draw(1, 20);
  const auto both = [](const MatrixXd& returns, errc why) {
    EXPECT_EQ(shrink_to_equal_variances(returns).error(), why);
    EXPECT_EQ(shrink_to_equal_correlations(returns).error(), why);
  };
  both(good, errc::ok);
  both(good.topRows(1), errc::size_mismatch);
  both(MatrixXd(0, 0), errc::size_mismatch);
  both(MatrixXd(5, 0), errc::size_mismatch);
  EXPECT_EQ(shrink_to_equal_correlations(good.leftCols(1)).error(), errc::size_mismatch);
  MatrixXd bad = good;
  bad(4, 1) = nan;
  both(bad, errc::not_finite);
  bad(4, 1) = infinity;
  both(bad, errc::not_finite);
  both(MatrixXd::Zero(10, 3), errc::infeasible);
  bad = good;
  bad.col(2).setConstant(0.01);
  EXPECT_EQ(shrink_to_equal_correlations(bad).error(), errc::infeasible);
  EXPECT_TRUE(shrink_to_equal_variances(bad).has_value());
  bad.col(2) = bad.col(1);
  const MatrixXd twins = bad.rightCols(2);
  EXPECT_EQ(shrink_to_equal_correlations(twins).error(), errc::infeasible);  // the one correlation is 1

  EXPECT_EQ(correlations_of(good).error(), errc::size_mismatch);
  EXPECT_EQ(correlations_of(MatrixXd(0, 0)).error(), errc::size_mismatch);
  EXPECT_EQ(correlations_of(MatrixXd::Zero(2, 2)).error(), errc::infeasible);
  EXPECT_EQ(correlations_of(nan * MatrixXd::Identity(2, 2)).error(), errc::not_finite);
}

}  // namespace
}  // namespace trimtab
