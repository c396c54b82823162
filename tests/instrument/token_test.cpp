// SPDX-License-Identifier: MIT
#include <trimtab/instrument/token.hpp>

#include "laws/instrument_laws.hpp"

namespace trimtab {
namespace {

constexpr double two_thousand[] = {2000.0};
constexpr auto here = instrument::token{}.at<double>(two_thousand);
static_assert(here.value == 2000.0 && here.gradient[0] == 1.0 && here.gamma(0, 0) == 0.0 && here.size == 1);
static_assert(instrument::token{}.value<double>(two_thousand) == 2000.0);

struct token_case {
  static constexpr bool homogeneous = true;
  static constexpr double scale_of_rounding = 1.0;
  static std::vector<instrument::token> instruments() { return {{}}; }
  static std::vector<double> underlyings(const instrument::token&, test::random_numbers& random) {
    return {random.log_uniform(1e-9, 1e9)};
  }
};
TEST(Token, BadUnderlyingsAreNamed) {
  const double two[] = {1.0, 2.0}, zero[] = {0.0}, nan[] = {std::numeric_limits<double>::quiet_NaN()};
  EXPECT_EQ(instrument::valid_underlyings(instrument::token{}, two_thousand), errc::ok);
  EXPECT_EQ(instrument::valid_underlyings(instrument::token{}, two), errc::size_mismatch);
  EXPECT_EQ(instrument::valid_underlyings(instrument::token{}, zero), errc::non_positive_price);
  EXPECT_EQ(instrument::valid_underlyings(instrument::token{}, nan), errc::not_finite);
}

}  // namespace
}  // namespace trimtab

namespace trimtab::laws {
namespace {

INSTANTIATE_TYPED_TEST_SUITE_P(Token, InstrumentLaws, token_case);

}  // namespace
}  // namespace trimtab::laws
