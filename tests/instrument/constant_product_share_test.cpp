// SPDX-License-Identifier: MIT
#include <trimtab/instrument/constant_product_share.hpp>

#include "laws/instrument_laws.hpp"

namespace trimtab {
namespace {

using instrument::constant_product_share;

// 100 of one and 400 of the other, priced so that arbitrage leaves them: 4 and 1.
constexpr constant_product_share share{.liquidity = 200.0};
constexpr double balanced[] = {4.0, 1.0};
constexpr auto here = share.at<double>(balanced);
static_assert(here.value == 800.0 && here.gradient[0] == 100.0 && here.gradient[1] == 400.0);
static_assert(here.gamma(0, 0) == -12.5 && here.gamma(0, 1) == 50.0 && here.gamma(1, 1) == -200.0);

struct constant_product_case {
  static constexpr bool homogeneous = true;
  static constexpr double scale_of_rounding = 1.0;
  static std::vector<constant_product_share> instruments() { return {share, {.liquidity = 1e-6}, {.liquidity = 0.0}}; }
  static std::vector<double> underlyings(const constant_product_share&, test::random_numbers& random) {
    return {random.log_uniform(0.1, 10.0), random.log_uniform(0.1, 10.0)};
  }
};
TEST(ConstantProductShare, LosesToHoldingByTheSquareOfTheRootsGap) {  // value / held − 1 = −(√r − 1)² / (1 + r)
  for (const double r : {0.25, 0.5, 2.0, 9.0}) {
    const double moved[] = {4.0 * r, 1.0};
    const double held = 100.0 * moved[0] + 400.0, root = std::sqrt(r);
    EXPECT_NEAR(share.value<double>(moved) / held - 1.0, -(root - 1.0) * (root - 1.0) / (1.0 + r), 1e-15);
  }
}

TEST(ConstantProductShare, BadTermsAreNamed) {
  EXPECT_EQ(constant_product_share{.liquidity = -1.0}.validate(), errc::negative_amount);
  EXPECT_EQ(constant_product_share{.liquidity = std::nan("")}.validate(), errc::not_finite);
  EXPECT_EQ(constant_product_share{.liquidity = infinity}.validate(), errc::not_finite);
}

}  // namespace
}  // namespace trimtab

namespace trimtab::laws {
namespace {

INSTANTIATE_TYPED_TEST_SUITE_P(ConstantProductShare, InstrumentLaws, constant_product_case);

}  // namespace
}  // namespace trimtab::laws
