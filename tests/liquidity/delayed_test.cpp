// SPDX-License-Identifier: MIT
#include <trimtab/liquidity/any_venue.hpp>
#include <trimtab/liquidity/concentrated.hpp>
#include <trimtab/liquidity/constant_price.hpp>
#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/liquidity/delayed.hpp>
#include <trimtab/liquidity/sampled_quotes.hpp>

#include "laws/venue_laws.hpp"

namespace trimtab {
namespace {

using liquidity::constant_price;
using liquidity::constant_product;
using liquidity::delayed;

constexpr seconds day{86'400};
constexpr constant_price redemption{.price = 1.16, .cap = 500.0};
constexpr delayed<constant_price> queue{redemption, day};
constexpr delayed<constant_product> bridge{{.reserve_in = 1e3, .reserve_out = 2e6, .gas_units = 2e5}, seconds{900}};

static_assert(Pieced<delayed<constant_price>> && delayed<constant_price>::max_segments == 1);
static_assert(Smooth<delayed<constant_product>> && is_concave<delayed<constant_product>>());
static_assert(delay_of(queue) == day && delay_of(queue.after(100.0)) == day && delay_of(redemption) == seconds{0});

using mixed = liquidity::any_venue<liquidity::concentrated, liquidity::order_book, liquidity::sampled_quotes,
                                   delayed<constant_price>, delayed<liquidity::concentrated>>;
static_assert(Venue<mixed> && Smooth<mixed> && std::is_trivially_copyable_v<mixed>);

TEST(Delayed, TheCurveIsTheVenues) {
  for (const double x : {0.0, 1e-6, 100.0, 500.0, 600.0}) {
    EXPECT_EQ(queue.amount_out(x), redemption.amount_out(x));
    EXPECT_EQ(queue.after(x).amount_out(50.0), redemption.after(x).amount_out(50.0));
    EXPECT_EQ(queue.loss(x), redemption.loss(x));
  }
  EXPECT_EQ(bridge.gas(1.0), 2e5);
}

TEST(Delayed, WaitsAddUp) {
  constexpr delayed<delayed<constant_price>> bridged{queue, seconds{600}};
  EXPECT_EQ(delay_of(bridged), day + seconds{600});
  EXPECT_EQ(delay_of(bridged.after(1.0)), day + seconds{600});
}

TEST(Delayed, AmongOthersItKeepsItsWait) {
  using any = liquidity::any_venue<constant_product, delayed<constant_price>>;
  EXPECT_EQ(delay_of(any(queue)), day);
  EXPECT_EQ(delay_of(any(queue).after(1.0)), day);
  EXPECT_EQ(delay_of(any(constant_product(bridge))), seconds{0});
}

TEST(Delayed, ProceedsBeforeTheTradeAreRefused) {
  EXPECT_EQ(queue.validate(), errc::ok);
  EXPECT_EQ((delayed<constant_price>{redemption, seconds{-1}}.validate()), errc::bad_configuration);
  EXPECT_EQ((delayed<constant_price>{{.price = 0.0}, day}.validate()), errc::non_positive_price);
}

}  // namespace

namespace laws {
namespace {

struct queue_case {
  static constexpr double scale = 500.0, most_out = 580.0;
  static constexpr delayed<constant_price> venue() { return queue; }
  static venue_reference reference(long double x) {
    const long double net = 1.16, cap = 500.0L;
    return {net * std::min(x, cap), x <= cap ? net : 0.0L, net * std::max(x - cap, 0.0L)};
  }
};
struct bridge_case {
  static constexpr double scale = 1e3, most_out = 2e6;
  static constexpr delayed<constant_product> venue() { return bridge; }
  static venue_reference reference(long double x) {
    const long double a = 1e3L / 0.997L, r = 2e6L;
    return {r * x / (a + x), r * a / ((a + x) * (a + x)), r / a * x * x / (a + x)};
  }
};
using slow = testing::Types<queue_case, bridge_case>;
INSTANTIATE_TYPED_TEST_SUITE_P(Delayed, VenueLaws, slow);

}  // namespace
}  // namespace laws
}  // namespace trimtab
