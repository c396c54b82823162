// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/kou_transform.hpp>

#include "support/random.hpp"
#include <complex>

#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES
#include <unsupported/Eigen/Polynomials>
#endif

namespace trimtab::forecast {
namespace {

using complex = std::complex<double>;
using detail::complex_number;
using detail::kou_transform;

complex standard(complex_number z) {
  return {z.re, z.im};
}

struct drawn {
  motion m;
  exponential_jumps jumps;
  double x, years;
};
drawn draw(test::random_numbers& random) {
  const double sign = random.below(2) == 0 ? 1.0 : -1.0;
  return {{sign * random.log_uniform(1e-3, 5.0), random.log_uniform(0.05, 3.0)},
          {random.log_uniform(1e-2, 1e3), random.uniform(0.02, 0.98), random.log_uniform(1.0, 300.0),
           random.log_uniform(1.0, 300.0)},
          random.log_uniform(1e-2, 2.0),
          random.log_uniform(1e-4, 2.0)};
}

/// G(β) − α itself, relative to its terms.
double residual(const drawn& d, complex beta, complex alpha) {
  const double a = d.jumps.down_decay, b = d.jumps.up_decay, up = d.jumps.up_share, rate = d.jumps.rate;
  const complex terms[] = {-d.m.drift * beta,
                           0.5 * d.m.volatility * d.m.volatility * beta * beta,
                           rate * (1.0 - up) * a / (a - beta),
                           rate * up * b / (b + beta),
                           complex(-rate),
                           -alpha};
  complex sum = 0.0;
  double size = 0.0;
  for (const complex& t : terms) sum += t, size += std::abs(t);
  // Next to its pole G is steep: what one rounding of β does to it is not held against β.
  const double steep = std::abs(rate * (1.0 - up) * a / ((a - beta) * (a - beta)) * beta);
  return std::abs(sum) / (size + steep);
}

TEST(KouTransform, TheComplexNumbersAreThose) {
  test::random_numbers random(1);
  for (int n = 0; n < 200; ++n) {
    const complex_number z{random.uniform(-3.0, 3.0), random.uniform(-3.0, 3.0)},
        w{random.uniform(-3.0, 3.0), random.uniform(-3.0, 3.0)};
    EXPECT_LE(std::abs(standard(z * w) - standard(z) * standard(w)), 1e-14);
    EXPECT_LE(std::abs(standard(z / w) - standard(z) / standard(w)), 1e-14 * std::abs(standard(z) / standard(w)));
    EXPECT_LE(std::abs(standard(exp(z)) - std::exp(standard(z))), 1e-14 * std::exp(z.re));
    EXPECT_LE(std::abs(standard(square_root(z)) - std::sqrt(standard(z))), 1e-15 * 4.0);
  }
  EXPECT_EQ(detail::square_root({0.0, 0.0}).re, 0.0);
}

TEST(KouTransform, TheQuarticHasTheRootsOfTheExponent) {
  test::random_numbers random(2003);
  for (int n = 0; n < 300; ++n) {
    const drawn d = draw(random);
    const kou_transform f(d.m, d.jumps, d.x);
    const double real = 12.28 / d.years;
    auto pair = f.on_the_line(real);
    // 0 < β₁ < a < β₂ on the real line.
    const double middle = 0.5 * pair.s.re, half = std::sqrt(middle * middle - pair.t.re);
    EXPECT_GT(pair.t.re / (middle + half), 0.0);
    EXPECT_LE(pair.t.re / (middle + half), d.jumps.down_decay * (1.0 + 1e-8));
    EXPECT_GE(middle + half, d.jumps.down_decay * (1.0 - 1e-8));
    for (int k = 0; k <= 32; ++k) {
      const complex_number alpha{real, 3.141592653589793 * k / d.years};
      ASSERT_TRUE(f.refine(alpha, pair)) << n << ' ' << k;
      const complex s = standard(pair.s), t = standard(pair.t), root = std::sqrt(s * s / 4.0 - t);
      const complex far = std::abs(s / 2.0 + root) > std::abs(s / 2.0 - root) ? s / 2.0 + root : s / 2.0 - root;
      EXPECT_GT(far.real(), 0.0);
      EXPECT_GT((t / far).real(), 0.0);
      EXPECT_LE(residual(d, far, standard(alpha)), 1e-10) << n << ' ' << k;
      EXPECT_LE(residual(d, standard(f.polished(alpha, {(t / far).real(), (t / far).imag()})), standard(alpha)), 1e-10)
          << n << ' ' << k;
    }
  }
}

/// The transform as Kou and Wang print it.
complex as_printed(const drawn& d, complex near, complex far) {
  const double a = d.jumps.down_decay;
  return (a - near) / a * (far / (far - near)) * std::exp(-d.x * near) +
         (far - a) / a * (near / (far - near)) * std::exp(-d.x * far);
}

TEST(KouTransform, IsThatOfThePaper) {
  test::random_numbers random(2016);
  double worst = 0.0;
  for (int n = 0; n < 300; ++n) {
    const drawn d = draw(random);
    const kou_transform f(d.m, d.jumps, d.x);
    auto pair = f.on_the_line(3.0 / d.years);
    const complex_number alpha{3.0 / d.years, 2.0 / d.years};
    ASSERT_TRUE(f.refine(alpha, pair));
    const auto parts = f.at(alpha, pair);
    EXPECT_TRUE(parts.right);
    const complex s = standard(pair.s), t = standard(pair.t), root = std::sqrt(s * s / 4.0 - t);
    const complex far = s / 2.0 + root, near = t / far;
    const complex expected = as_printed(d, near, far);
    const complex got =
        standard(parts.diffusion) + standard(parts.jump) + std::exp(-d.x * standard(f.without_jumps(alpha)));
    // The printed form divides by the distance of the roots.
    const double off = std::abs(got - expected) * std::abs(far - near) / std::abs(far);
    worst = std::max(worst, off);
    EXPECT_LE(off, 1e-12) << n;
  }
  std::printf("kou transform: off the printed form by %.2g at most\n", worst);
}

TEST(KouTransform, RootsThatMeetAreNoTrouble) {
  // Few jumps of the size that the motion needs: at the branch point the two right roots are one.
  const motion m{.drift = -0.1, .volatility = 0.8};
  const exponential_jumps jumps{.rate = 1e-3, .up_share = 0.3, .up_decay = 20.0, .down_decay = 10.0};
  const kou_transform f(m, jumps, 0.2);
  const double alpha = 0.1 * 10.0 + 0.5 * 0.64 * 100.0;  // G without jumps at β = a
  auto pair = f.on_the_line(alpha);
  double before = 0.0;
  for (int k = -50; k <= 50; ++k) {
    const complex_number at{alpha + 1e-3 * k, 0.05};
    ASSERT_TRUE(f.refine(at, pair));
    const auto parts = f.at(at, pair);
    const complex plain = std::exp(-0.2 * standard(f.without_jumps(at)));
    const double now = std::abs(standard(parts.diffusion) + standard(parts.jump) + plain);
    if (k > -50) {
      EXPECT_NEAR(now / before, std::exp(-0.2 * 1e-3 / (0.64 * 10.0 + 0.1)), 1e-7) << k;
    }
    before = now;
  }
}

#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES
TEST(KouTransform, EigenFindsTheSameRoots) {
  test::random_numbers random(4);
  for (int n = 0; n < 100; ++n) {
    const drawn d = draw(random);
    const kou_transform f(d.m, d.jumps, d.x);
    const double alpha = random.log_uniform(1.0, 30.0) / d.years, k = f.scale * alpha;
    auto pair = f.on_the_line(alpha);
    ASSERT_TRUE(f.refine({alpha, 0.0}, pair));
    Eigen::Matrix<double, 5, 1> quartic;
    quartic << k * f.product, f.c1 - k * f.gap, f.c2 - k, f.c3, 1.0;
    Eigen::PolynomialSolver<double, 4> solver;
    solver.compute(quartic);
    complex sum = 0.0, product = 1.0;
    int right = 0;
    for (Eigen::Index i = 0; i < 4; ++i)
      if (const complex z = solver.roots()[i]; z.real() > 0.0) sum += z, product *= z, ++right;
    EXPECT_EQ(right, 2);
    EXPECT_LE(std::abs(sum - standard(pair.s)), 1e-8 * std::abs(sum)) << n;
    EXPECT_LE(std::abs(product - standard(pair.t)), 1e-7 * std::abs(product)) << n;
  }
}
#endif

}  // namespace
}  // namespace trimtab::forecast
