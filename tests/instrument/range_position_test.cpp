// SPDX-License-Identifier: MIT
#include <trimtab/instrument/constant_product_share.hpp>
#include <trimtab/instrument/range_position.hpp>

#include "laws/instrument_laws.hpp"

namespace trimtab {
namespace {

using instrument::range_position;
using instrument::range_regime;

// 100·√: from 1 to 4, at 2.25 it holds 100·(1/1.5 − 1/2) of the first and 100·(1.5 − 1) of the second.
constexpr range_position position{.liquidity = 100.0, .lower = 1.0, .upper = 4.0};
constexpr double inside[] = {2.25, 1.0}, under[] = {0.5, 1.0}, over[] = {9.0, 1.0}, at_lower[] = {1.0, 1.0},
                 at_upper[] = {4.0, 1.0};

struct range_case {
  static constexpr bool homogeneous = true;
  static constexpr double scale_of_rounding = 2.0;
  static std::vector<range_position> instruments() {
    return {position, {.liquidity = 1e9, .lower = 0.8, .upper = 1.25}, {.liquidity = 3.0, .lower = 1e-3, .upper = 1e3}};
  }
  static std::vector<double> underlyings(const range_position&, test::random_numbers& random) {
    return {random.log_uniform(0.3, 10.0), random.log_uniform(0.5, 2.0)};
  }
};
TEST(RangePosition, ThreeRegimes) {
  const auto in = position.at<double>(inside);
  EXPECT_DOUBLE_EQ(in.gradient[0], 100.0 / 6.0);
  EXPECT_DOUBLE_EQ(in.gradient[1], 50.0);
  EXPECT_DOUBLE_EQ(in.value, 37.5 + 50.0);
  EXPECT_DOUBLE_EQ(in.gamma(0, 0), -50.0 / 3.375);
  const auto below = position.at<double>(under);
  EXPECT_EQ(below.gradient[0], 50.0);
  EXPECT_EQ(below.gradient[1], 0.0);
  EXPECT_EQ(below.gamma(0, 0), 0.0);
  const auto above = position.at<double>(over);
  EXPECT_EQ(above.gradient[0], 0.0);
  EXPECT_EQ(above.gradient[1], 100.0);
  EXPECT_EQ(above.gamma(1, 1), 0.0);
  EXPECT_EQ(position.regime(1.0, 1.0), range_regime::in_range) << "the lower end is in";
  EXPECT_EQ(position.regime(4.0, 1.0), range_regime::above) << "the upper end is not";
  EXPECT_EQ(position.regime(0.999, 1.0), range_regime::below);
}

TEST(RangePosition, GammaAtTheEndsIsThatOfEitherSide) {
  EXPECT_EQ(position.gamma_at_lower().left, 0.0);
  EXPECT_EQ(position.gamma_at_lower().right, position.at<double>(at_lower).gamma(0, 0));
  EXPECT_EQ(position.gamma_at_upper().right, position.at<double>(at_upper).gamma(0, 0));
  const double just_below[] = {4.0 - 1e-12, 1.0};
  EXPECT_NEAR(position.gamma_at_upper().left, position.at<double>(just_below).gamma(0, 0), 1e-9);
}

TEST(RangePosition, IsAStripOfCappedPrices) {  // Carr and Madan: V = ∫ min(p, k)·L/(2k^1.5) dk over the range
  for (const double p : {0.5, 1.5, 2.25, 3.9, 9.0}) {
    double strip = 0.0;
    constexpr int pieces = 200'000;
    for (int i = 0; i < pieces; ++i) {
      const double k = 1.0 + 3.0 * (i + 0.5) / pieces;
      strip += std::min(p, k) * 50.0 / (k * std::sqrt(k)) * 3.0 / pieces;
    }
    const double u[] = {p, 1.0};
    EXPECT_NEAR(position.value<double>(u) / strip, 1.0, 1e-9) << p;
  }
}

TEST(RangePosition, TheWholeLineIsAConstantProduct) {
  const range_position wide{.liquidity = 200.0, .lower = 1e-24, .upper = 1e24};
  const instrument::constant_product_share product{.liquidity = 200.0};
  EXPECT_NEAR(wide.value<double>(inside) / product.value<double>(inside), 1.0, 1e-11);
  EXPECT_NEAR(wide.at<double>(inside).gamma(0, 1) / product.at<double>(inside).gamma(0, 1), 1.0, 1e-15);
}

TEST(RangePosition, NoBoundReachesAcrossAnEnd) {
  const auto bound = [](const double(&u)[2], double low, double high) {
    const double from[] = {low, 1.0}, to[] = {high, 1.0};
    return position.cubic_bound(u, {from, to});
  };
  EXPECT_EQ(bound(under, 0.4, 0.9), 0.0);
  EXPECT_EQ(bound(over, 4.0, 10.0), 0.0);
  EXPECT_EQ(bound(under, 0.4, 1.1), infinity);
  EXPECT_EQ(bound(inside, 0.9, 3.0), infinity);
  EXPECT_EQ(bound(inside, 2.0, 4.1), infinity);
  EXPECT_EQ(bound(at_lower, 0.9, 1.0), infinity) << "gamma there is that of the other side";
  EXPECT_EQ(bound(at_upper, 3.9, 4.0), infinity);
  EXPECT_LT(bound(inside, 2.0, 3.0), infinity);
}

TEST(RangePosition, BadTermsAreNamed) {
  EXPECT_EQ((range_position{.liquidity = -1.0, .lower = 1.0, .upper = 2.0}.validate()), errc::negative_amount);
  EXPECT_EQ((range_position{.liquidity = 1.0, .lower = 2.0, .upper = 2.0}.validate()), errc::bad_configuration);
  EXPECT_EQ((range_position{.liquidity = 1.0, .lower = 0.0, .upper = 2.0}.validate()), errc::non_positive_price);
  EXPECT_EQ((range_position{.liquidity = 1.0, .lower = 1.0, .upper = infinity}.validate()), errc::not_finite);
  EXPECT_EQ((range_position{.liquidity = std::nan(""), .lower = 1.0, .upper = 2.0}.validate()), errc::not_finite);
}

}  // namespace
}  // namespace trimtab

namespace trimtab::laws {
namespace {

INSTANTIATE_TYPED_TEST_SUITE_P(RangePosition, InstrumentLaws, range_case);

}  // namespace
}  // namespace trimtab::laws
