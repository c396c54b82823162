// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <trimtab/instrument/concept.hpp>
#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES
#include <trimtab/interop/autodiff.hpp>
#include <trimtab/interop/xsimd.hpp>
#endif

#include "support/random.hpp"
#include "support/scalar_archetype.hpp"
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
  /// Gauss–Legendre on eight points, and on halves of halves where that is not enough or where there is a kink.
  template <class F>
  static double eight_points(F& f, double from, double to) {
    constexpr double node[] = {0.1834346424956498, 0.5255324099163290, 0.7966664774136267, 0.9602898564975363};
    constexpr double weight[] = {0.3626837833783620, 0.3137066458778873, 0.2223810344533745, 0.1012285362903763};
    const double middle = 0.5 * (from + to), half = 0.5 * (to - from);
    double sum = 0.0;
    for (int k = 0; k < 4; ++k) sum += weight[k] * (f(middle - half * node[k]) + f(middle + half * node[k]));
    return half * sum;
  }
  template <class F, class Kinked>
  static double integral(F& f, Kinked& kinked, double from, double to, int halvings, double allowed) {
    const double middle = 0.5 * (from + to), whole = eight_points(f, from, to);
    const double halves = eight_points(f, from, middle) + eight_points(f, middle, to);
    if (halvings == 0 || (!kinked(from, to) && std::fabs(halves - whole) <= allowed)) return halves;
    return integral(f, kinked, from, middle, halvings - 1, allowed) +
           integral(f, kinked, middle, to, halvings - 1, allowed);
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

TYPED_TEST_P(InstrumentLaws, TheValueIsTheIntegralOfTheGradient) {  // along straight lines, kinks and all
  TestFixture::for_points([](const auto& instrument, const auto& u, auto& random) {
    const auto v = TypeParam::underlyings(instrument, random);
    const auto along = [&](double t) {
      auto w = u;
      for (std::size_t i = 0; i < u.size(); ++i) w[i] += t * (v[i] - u[i]);
      return w;
    };
    double size = 0.0;
    auto slope = [&](double t) {
      const auto here = TestFixture::at(instrument, along(t));
      double sum = 0.0, terms = 0.0;
      for (std::size_t i = 0; i < u.size(); ++i) {
        sum += here.gradient[i] * (v[i] - u[i]);
        terms += std::fabs(here.gradient[i] * (v[i] - u[i]));
      }
      size = std::max(size, terms);
      return sum;
    };
    auto kinked = [&](double from, double to) {
      auto low = along(from), high = along(to);
      for (std::size_t i = 0; i < u.size(); ++i)
        if (high[i] < low[i]) std::swap(low[i], high[i]);
      return !(instrument.cubic_bound(along(0.5 * (from + to)), {low, high}) < infinity);
    };
    static_cast<void>(slope(0.0) + slope(1.0));
    const double rounding = TestFixture::eps * TypeParam::scale_of_rounding;
    const double integral = TestFixture::integral(slope, kinked, 0.0, 1.0, 44, 4.0 * rounding * size);
    const double before = TestFixture::value(instrument, u), after = TestFixture::value(instrument, v);
    EXPECT_NEAR(integral, after - before, rounding * (64.0 * size + 16.0 * std::fabs(before)));
  });
}

TYPED_TEST_P(InstrumentLaws, SlopesAndCurvaturesAreThoseOfTheValue) {
  static constexpr double longest = 1e-4;
  int asked = 0, answered = 0;
  TestFixture::for_points([&](const auto& instrument, const auto& u, auto&) {
    const auto here = TestFixture::at(instrument, u);
    const double size = TestFixture::size_of(here, u) * TypeParam::scale_of_rounding;
    for (std::size_t i = 0; i < u.size(); ++i) {
      // Differences of values and of gradients, all in currency, over relative steps of h to either side.
      const auto differences = [&](double h) {
        auto up = u, down = u;
        up[i] *= 1.0 + h, down[i] *= 1.0 - h;
        const auto above = TestFixture::at(instrument, up), below = TestFixture::at(instrument, down);
        std::vector<double> d{(above.value - below.value) / (2.0 * h)};
        for (std::size_t j = 0; j < u.size(); ++j)
          d.push_back((above.gradient[j] - below.gradient[j]) * u[j] / (2.0 * h));
        return d;
      };
      // A bounded third derivative bends a difference over h by h times the bound, and rounding by eps/h: the step is
      // where the two are even. Where no bound is known, half the step says how far off the whole one was; across a
      // kink that says nothing.
      auto up = u, down = u;
      up[i] *= 1.0 + longest, down[i] *= 1.0 - longest;
      const double third = instrument.cubic_bound(u, {down, up}), rounding = 16.0 * TestFixture::eps * size;
      const bool bounded = third < infinity;
      const double step = bounded && third > 0.0 ? std::min(longest, std::sqrt(rounding / third)) : longest;
      const auto whole = differences(step), half = differences(0.5 * step);
      for (std::size_t k = 0; k <= u.size(); ++k) {
        const double expected = k == 0 ? here.gradient[i] * u[i] : here.gamma(i, k - 1) * u[i] * u[k - 1];
        const double estimate = std::fabs(whole[k] - half[k]);
        ++asked;
        if (!bounded && estimate > 1e-3 * std::fabs(half[k]) + 1e-6 * size) continue;
        ++answered;
        EXPECT_NEAR(bounded ? whole[k] : half[k], expected,
                    (bounded ? third * step : 4.0 * estimate) + 2.0 * rounding / step);
      }
    }
  });
  EXPECT_GT(answered, asked - asked / 20);
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
  EXPECT_GT(bounded, TestFixture::points / 10) << "no bound, no law";
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

TYPED_TEST_P(InstrumentLaws, APriceThatIsNoneIsNamedAndIsWorthNothingThatPassesForANumber) {
  TestFixture::for_points([](const auto& instrument, const auto& u, auto&) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const auto with = [&](std::size_t i, double price) {
      auto v = u;
      v[i] = price;
      return v;
    };
    for (std::size_t i = 0; i < u.size(); ++i) {
      for (const double price : {nan, infinity, -infinity})
        EXPECT_EQ(instrument::valid_underlyings(instrument, with(i, price)), errc::not_finite);
      for (const double price : {0.0, -1.0})
        EXPECT_EQ(instrument::valid_underlyings(instrument, with(i, price)), errc::non_positive_price);
      for (const double price : {0.0, -1.0, nan}) {  // 0 is a bound for what is linear, whatever the box
        const double third = instrument.cubic_bound(u, {with(i, price), u});
        EXPECT_TRUE(third == infinity || third == 0.0) << third;
      }
      EXPECT_TRUE(std::isnan(TestFixture::value(instrument, with(i, nan))));
      EXPECT_TRUE(std::isnan(TestFixture::at(instrument, with(i, nan)).value));
    }
    auto more = u;
    more.push_back(1.0);
    EXPECT_EQ(instrument::valid_underlyings(instrument, more), errc::size_mismatch);
  });
}

TYPED_TEST_P(InstrumentLaws, AsksNoMoreOfANumberThanItPromises) {
  using test::archetype;
  using instrument_type = std::decay_t<decltype(TypeParam::instruments().front())>;
  if constexpr (requires(const instrument_type& i, std::span<const archetype> u) { i.template at<archetype>(u); }) {
    TestFixture::for_points([](const auto& instrument, const auto& u, auto&) {
      std::vector<archetype> numbers;
      numbers.reserve(u.size());
      for (const double price : u) numbers.push_back(literal<archetype>(price));
      const auto bare = instrument.template at<archetype>(std::span<const archetype>(numbers));
      const auto here = TestFixture::at(instrument, u);
      EXPECT_EQ(test::archetype_access::value(bare.value), here.value);
      for (std::size_t i = 0; i < u.size(); ++i) {
        EXPECT_EQ(test::archetype_access::value(bare.gradient[i]), here.gradient[i]);
        for (std::size_t j = 0; j < u.size(); ++j)
          EXPECT_EQ(test::archetype_access::value(bare.gamma(i, j)), here.gamma(i, j));
      }
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
                            TwiceThePricesAreTwiceTheValue,
                            APriceThatIsNoneIsNamedAndIsWorthNothingThatPassesForANumber,
                            AsksNoMoreOfANumberThanItPromises, AutomaticDifferentiationAgrees,
                            ALaneIsWorthWhatAScalarIs);

}  // namespace trimtab::laws
