// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <trimtab/instrument/concept.hpp>
#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES
#include <trimtab/interop/autodiff.hpp>
#include <trimtab/interop/xsimd.hpp>
#endif

#include "support/random.hpp"
#include "support/tolerance.hpp"
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace trimtab::laws {

/// @brief What every instrument obeys. A case has
///
/// - `static std::vector<I> instruments()`                  of the same type I, with different terms
/// - `static std::vector<double> underlyings(const I&, random_numbers&)`  prices that matter to it
/// - `static constexpr bool homogeneous`                    worth twice as much where all prices are twice as high
/// - `static constexpr double scale_of_rounding`            of value and gradient, in eps of the size of their terms
///                                                          (an iterative instrument has a larger one)
template <class Case>
class InstrumentLaws : public testing::Test {
protected:
  using prices = std::vector<double>;
  static constexpr int points = 300;
  static constexpr double eps = std::numeric_limits<double>::epsilon();

  template <class F>
  static void for_points(F visit) {
    test::random_numbers random(20210505);
    for (const auto& instrument : Case::instruments()) {
      ASSERT_EQ(instrument.validate(), errc::ok);
      for (int n = 0; n < points; ++n) {
        const prices u = Case::underlyings(instrument, random);
        ASSERT_EQ(instrument::valid_underlyings(instrument, u), errc::ok);
        visit(instrument, u, random);
      }
    }
  }
  template <class I>
  static double value(const I& i, const prices& u) {
    return i.template value<double>(std::span<const double>(u));
  }
  template <class I>
  static auto at(const I& i, const prices& u) {
    return i.template at<double>(std::span<const double>(u));
  }
  /// What its terms amount to: what rounding is measured against.
  template <class J>
  static double size_of(const J& here, const prices& u) {
    double sum = std::fabs(here.value);
    for (std::size_t i = 0; i < u.size(); ++i) sum += std::fabs(here.gradient[i] * u[i]);
    return sum;
  }
};
TYPED_TEST_SUITE_P(InstrumentLaws);

TYPED_TEST_P(InstrumentLaws, IsAnInstrumentWhoseValuesAgree) {
  TestFixture::for_points([](const auto& instrument, const auto& u, auto&) {
    static_assert(instrument::Instrument<std::decay_t<decltype(instrument)>>);
    const auto here = TestFixture::at(instrument, u);
    EXPECT_TRUE(std::isfinite(here.value));
    EXPECT_EQ(here.value, TestFixture::value(instrument, u));
    EXPECT_EQ(here.size, u.size());
    for (std::size_t i = 0; i < u.size(); ++i)
      for (std::size_t j = 0; j < i; ++j) EXPECT_EQ(here.gamma(i, j), here.gamma(j, i));
  });
}

TYPED_TEST_P(InstrumentLaws, TheValueIsTheIntegralOfTheGradient) {
  // Along straight lines, kinks and all: Gauss–Legendre on 256 pieces.
  constexpr double node[] = {0.1834346424956498, 0.5255324099163290, 0.7966664774136267, 0.9602898564975363};
  constexpr double weight[] = {0.3626837833783620, 0.3137066458778873, 0.2223810344533745, 0.1012285362903763};
  TestFixture::for_points([&](const auto& instrument, const auto& u, auto& random) {
    const auto v = TypeParam::underlyings(instrument, random);
    constexpr int pieces = 256;
    double integral = 0.0, size = 0.0;
    auto w = u;
    for (int piece = 0; piece < pieces; ++piece)
      for (int k = 0; k < 8; ++k) {
        const double t = (piece + 0.5 * (1.0 + (k < 4 ? node[k] : -node[k - 4]))) / pieces;
        for (std::size_t i = 0; i < u.size(); ++i) w[i] = u[i] + t * (v[i] - u[i]);
        const auto here = TestFixture::at(instrument, w);
        for (std::size_t i = 0; i < u.size(); ++i) {
          const double part = here.gradient[i] * (v[i] - u[i]) * 0.5 * weight[k % 4] / pieces;
          integral += part, size += std::fabs(part);
        }
      }
    const double gap = TestFixture::value(instrument, v) - TestFixture::value(instrument, u);
    // A kink inside a piece costs its square of the piece's length; a gradient that runs off to zero prices, digits.
    EXPECT_NEAR(integral, gap, 2e-4 * size + 1e-12 * std::fabs(TestFixture::value(instrument, u)));
  });
}

TYPED_TEST_P(InstrumentLaws, SlopesAndCurvaturesAreThoseOfTheValue) {
  TestFixture::for_points([](const auto& instrument, const auto& u, auto&) {
    const auto here = TestFixture::at(instrument, u);
    const double size = TestFixture::size_of(here, u) * TypeParam::scale_of_rounding;
    for (std::size_t i = 0; i < u.size(); ++i) {
      const double step = 1e-4 * u[i];
      auto up = u, down = u;
      up[i] += step, down[i] -= step;
      // Within one regime only: where there is no bound on the third derivative, differences say nothing.
      const double third = instrument.cubic_bound(u, {down, up});
      if (!(third < infinity)) continue;
      const auto above = TestFixture::at(instrument, up), below = TestFixture::at(instrument, down);
      const double off = third * 1e-8 + size * TestFixture::eps * 1e5;
      EXPECT_NEAR((above.value - below.value) / 2e-4, here.gradient[i] * u[i], off);
      for (std::size_t j = 0; j < u.size(); ++j) {
        // A difference of gradients is off by less than what the third derivative can bend them on the way.
        EXPECT_NEAR((above.gradient[j] - below.gradient[j]) * u[j] / 2e-4, here.gamma(i, j) * u[i] * u[j],
                    third * 1e-4 + size * TestFixture::eps * 1e5);
      }
    }
  });
}

TYPED_TEST_P(InstrumentLaws, TheCubicBoundBoundsWhatTheExpansionLeavesOut) {
  int bounded = 0;
  TestFixture::for_points([&](const auto& instrument, const auto& u, auto& random) {
    const double reach = random.log_uniform(1e-3, 0.3);
    auto low = u, high = u, v = u;
    for (std::size_t i = 0; i < u.size(); ++i) {
      low[i] *= 1.0 - reach, high[i] *= 1.0 + reach;
      v[i] = random.uniform(low[i], high[i]);
    }
    const double third = instrument.cubic_bound(u, {low, high});
    ASSERT_GE(third, 0.0);
    if (!(third < infinity)) return;
    ++bounded;
    const auto here = TestFixture::at(instrument, u);
    double expansion = here.value, most = 0.0;
    for (std::size_t i = 0; i < u.size(); ++i) {
      most = std::max(most, std::fabs(v[i] - u[i]) / u[i]);
      expansion += here.gradient[i] * (v[i] - u[i]);
      for (std::size_t j = 0; j < u.size(); ++j) expansion += 0.5 * (v[i] - u[i]) * here.gamma(i, j) * (v[j] - u[j]);
    }
    const double rounding = 64.0 * TestFixture::eps * TestFixture::size_of(here, u) * TypeParam::scale_of_rounding;
    EXPECT_LE(std::fabs(TestFixture::value(instrument, v) - expansion),
              third * most * most * most / 6.0 * (1.0 + 1e-9) + rounding);
  });
  this->RecordProperty("bounded", bounded);
}

TYPED_TEST_P(InstrumentLaws, TwiceThePricesAreTwiceTheValue) {
  if constexpr (TypeParam::homogeneous) {
    TestFixture::for_points([](const auto& instrument, const auto& u, auto&) {
      auto twice = u;
      for (double& price : twice) price *= 2.0;
      const auto here = TestFixture::at(instrument, u), there = TestFixture::at(instrument, twice);
      const double allowed = 8.0 * TestFixture::eps * TypeParam::scale_of_rounding * TestFixture::size_of(here, u);
      EXPECT_NEAR(there.value, 2.0 * here.value, 2.0 * allowed);
      double euler = 0.0;  // V = Σ u·∂V, and each row of the Hessian is blind to a common factor
      for (std::size_t i = 0; i < u.size(); ++i) {
        euler += here.gradient[i] * u[i];
        double row = 0.0, terms = 0.0;
        for (std::size_t j = 0; j < u.size(); ++j)
          row += here.gamma(i, j) * u[j] * u[i], terms += std::fabs(here.gamma(i, j) * u[j] * u[i]);
        EXPECT_NEAR(row, 0.0, 32.0 * TestFixture::eps * TypeParam::scale_of_rounding * (terms + allowed));
      }
      EXPECT_NEAR(euler, here.value, 4.0 * allowed);
    });
  }
}

#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES
TYPED_TEST_P(InstrumentLaws, AutomaticDifferentiationAgrees) {
  using dual = decltype(boost::math::differentiation::make_fvar<double, 2>(1.0));
  using instrument_type = std::decay_t<decltype(TypeParam::instruments().front())>;
  if constexpr (requires(const instrument_type& i, std::span<const dual> u) { i.template value<dual>(u); }) {
    TestFixture::for_points([](const auto& instrument, const auto& u, auto&) {
      const auto here = TestFixture::at(instrument, u);
      const double size = TestFixture::size_of(here, u);
      // Along each price and along each pair: u·(1 + t) of one or of both.
      for (std::size_t i = 0; i < u.size(); ++i)
        for (std::size_t j = 0; j <= i; ++j) {
          const dual t = boost::math::differentiation::make_fvar<double, 2>(0.0);
          std::vector<dual> along(u.begin(), u.end());
          along[i] = u[i] * (1.0 + t);
          if (j != i) along[j] = u[j] * (1.0 + t);
          const dual v = instrument.template value<dual>(std::span<const dual>(along));
          double first = here.gradient[i] * u[i], second = here.gamma(i, i) * u[i] * u[i], terms = std::fabs(second);
          if (j != i) {
            first += here.gradient[j] * u[j];
            const double own = here.gamma(j, j) * u[j] * u[j], cross = 2.0 * here.gamma(i, j) * u[i] * u[j];
            second += own + cross, terms += std::fabs(own) + std::fabs(cross);
          }
          EXPECT_NEAR(v.derivative(1), first, 64.0 * TestFixture::eps * size);
          EXPECT_NEAR(v.derivative(2), second, 256.0 * TestFixture::eps * (size + terms));
        }
    });
  }
}

TYPED_TEST_P(InstrumentLaws, ALaneIsWorthWhatAScalarIs) {
  using batch = xsimd::batch<double>;
  using instrument_type = std::decay_t<decltype(TypeParam::instruments().front())>;
  if constexpr (requires(const instrument_type& i, std::span<const batch> u) { i.template at<batch>(u); }) {
    TestFixture::for_points([](const auto& instrument, const auto& u, auto& random) {
      std::vector<batch> lanes;
      std::vector<std::vector<double>> all(batch::size, u);
      for (std::size_t lane = 1; lane < batch::size; ++lane) all[lane] = TypeParam::underlyings(instrument, random);
      for (std::size_t i = 0; i < u.size(); ++i) {
        std::array<double, batch::size> one{};
        for (std::size_t lane = 0; lane < batch::size; ++lane) one[lane] = all[lane][i];
        lanes.push_back(batch::load_unaligned(one.data()));
      }
      const auto batched = instrument.template at<batch>(std::span<const batch>(lanes));
      for (std::size_t lane = 0; lane < batch::size; ++lane) {
        const auto here = TestFixture::at(instrument, all[lane]);
        const double size = TestFixture::size_of(here, all[lane]);
        EXPECT_NEAR(batched.value.get(lane), here.value, 16.0 * TestFixture::eps * size);
        for (std::size_t i = 0; i < u.size(); ++i) {
          EXPECT_NEAR(batched.gradient[i].get(lane) * all[lane][i], here.gradient[i] * all[lane][i],
                      16.0 * TestFixture::eps * size);
          for (std::size_t j = 0; j < u.size(); ++j)
            EXPECT_NEAR(batched.gamma(i, j).get(lane), here.gamma(i, j),
                        32.0 * TestFixture::eps * std::fabs(here.gamma(i, j)));
        }
      }
    });
  }
}
#else
TYPED_TEST_P(InstrumentLaws, AutomaticDifferentiationAgrees) {
  GTEST_SKIP() << "built without third parties";
}
TYPED_TEST_P(InstrumentLaws, ALaneIsWorthWhatAScalarIs) {
  GTEST_SKIP() << "built without third parties";
}
#endif

REGISTER_TYPED_TEST_SUITE_P(InstrumentLaws, IsAnInstrumentWhoseValuesAgree, TheValueIsTheIntegralOfTheGradient,
                            SlopesAndCurvaturesAreThoseOfTheValue, TheCubicBoundBoundsWhatTheExpansionLeavesOut,
                            TwiceThePricesAreTwiceTheValue, AutomaticDifferentiationAgrees, ALaneIsWorthWhatAScalarIs);

}  // namespace trimtab::laws
