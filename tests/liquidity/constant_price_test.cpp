// SPDX-License-Identifier: MIT
#include <trimtab/liquidity/constant_price.hpp>

#include "laws/venue_laws.hpp"

namespace trimtab {
namespace {

using liquidity::constant_price;
using T = test::tolerance<double>;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// A firm quote: up to 10 at 2000, a quarter of it taken as the fee.
constexpr constant_price quote{.price = 2000.0, .cap = 10.0, .fee = {2500.0}, .gas_units = 80'000.0};
static_assert(quote.net_price() == 1500.0);
static_assert(quote.amount_out(4.0) == 6000.0);
static_assert(quote.amount_in(6000.0) == 4.0);
static_assert(quote.marginal_price(4.0).value == 1500.0);
static_assert(quote.loss(4.0) == 0.0);
static_assert(quote.after(4.0).cap == 6.0);
static_assert(quote.gas(4.0) == 80'000.0 && quote.gas(0.0) == 0.0);

TEST(ConstantPrice, AtTheCapTheLastUnitStillTrades) {
  EXPECT_EQ(quote.amount_out(10.0), 15'000.0);
  EXPECT_EQ(quote.amount_in(15'000.0), 10.0);
  EXPECT_EQ(quote.marginal_price(10.0).value, 1500.0) << "the left derivative";
  EXPECT_EQ(quote.loss(10.0), 0.0);
}

TEST(ConstantPrice, BeyondTheCapInputBuysNothing) {
  EXPECT_EQ(quote.amount_out(12.0), 15'000.0);
  EXPECT_EQ(quote.marginal_price(12.0).value, 0.0);
  EXPECT_EQ(quote.loss(12.0), 3000.0);
  EXPECT_EQ(quote.amount_in(15'001.0), infinity);
}

TEST(ConstantPrice, BelowItsPriceEverythingIsForSale) {
  EXPECT_EQ(quote.amount_at(executable_price<double>{1499.0}), 10.0);
  EXPECT_EQ(quote.amount_at(executable_price<double>{1500.0}), 0.0);
}

TEST(ConstantPrice, WithoutACapItIsWorthNothingAtItsPriceAndAnythingBelow) {
  const constant_price open{.price = 2.0, .cap = infinity};
  EXPECT_EQ(open.validate(), errc::ok);
  EXPECT_EQ(open.best_value(executable_price<double>{2.0}), 0.0);
  EXPECT_EQ(open.best_value(executable_price<double>{3.0}), 0.0);
  EXPECT_EQ(open.best_value(executable_price<double>{1.0}), infinity);
  EXPECT_EQ(quote.best_value(executable_price<double>{-1.0}), 15'000.0);
  EXPECT_TRUE(std::isnan(quote.marginal_price(nan).value)) << "no price for no amount";
}

}  // namespace

namespace laws {
namespace {

template <int Price, int CapPerMille, int FeeBps>
struct quote_case {
  static constexpr double scale = CapPerMille / 1000.0;
  static constexpr constant_price venue() {
    return {.price = Price / 7.0, .cap = scale, .fee = {static_cast<double>(FeeBps)}, .gas_units = 1e5};
  }
  static constexpr double most_out = venue().net_price() * scale;
  static venue_reference reference(long double x) {
    const long double net = static_cast<long double>(Price / 7.0) * (1.0L - FeeBps / 1e4L), cap = scale;
    return {net * std::min(x, cap), x <= cap ? net : 0.0L, net * std::max(x - cap, 0.0L)};
  }
};
using quotes = testing::Types<quote_case<14'000, 10'000, 30>, quote_case<1, 3, 0>, quote_case<13, 777'777, 9999>>;
INSTANTIATE_TYPED_TEST_SUITE_P(ConstantPrice, VenueLaws, quotes);

}  // namespace
}  // namespace laws

namespace {

TEST(ConstantPrice, TheWholeCapAlwaysHasAPriceToPay) {
  test::random_numbers random(20210907);
  for (int i = 0; i < 10'000; ++i) {
    const constant_price venue{
        .price = random.log_uniform(1e-6, 1e6), .cap = random.log_uniform(1e-6, 1e6), .fee = {30.0}};
    const double cost = venue.amount_in(venue.amount_out(venue.cap));
    EXPECT_TRUE(test::close(cost, venue.cap, T::formula)) << venue.price << " " << venue.cap << " " << cost;
  }
}

TEST(ConstantPrice, AnUsedUpQuotePaysNothingAndHasNoSegments) {
  constexpr constant_price empty = quote.after(12.0);
  static_assert(empty.cap == 0.0 && empty.validate() == errc::ok);
  EXPECT_EQ(empty.amount_out(1.0), 0.0);
  liquidity::segment<> piece;
  EXPECT_EQ(empty.segments({&piece, 1}), 0U);
}

TEST(ConstantPrice, NaNIsNeitherPaidNorLost) {
  EXPECT_TRUE(std::isnan(quote.amount_out(nan)));
  EXPECT_TRUE(std::isnan(quote.loss(nan)));
  EXPECT_TRUE(std::isnan(quote.amount_in(nan)));
}

TEST(ConstantPrice, ValidationNamesWhatIsWrong) {
  EXPECT_EQ((constant_price{.price = 0.0, .cap = 1.0}.validate()), errc::non_positive_price);
  EXPECT_EQ((constant_price{.price = nan, .cap = 1.0}.validate()), errc::not_finite);
  EXPECT_EQ((constant_price{.price = 1.0, .cap = -1.0}.validate()), errc::negative_amount);
  EXPECT_EQ((constant_price{.price = 1.0, .cap = nan}.validate()), errc::negative_amount);
  EXPECT_EQ((constant_price{.price = 1.0, .cap = 1.0, .fee = {1e4}}.validate()), errc::bad_configuration);
  EXPECT_EQ((constant_price{.price = 1.0, .cap = infinity}.validate()), errc::ok);
}

}  // namespace
}  // namespace trimtab
