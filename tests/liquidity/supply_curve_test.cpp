// SPDX-License-Identifier: MIT
#include <trimtab/liquidity/any_venue.hpp>
#include <trimtab/liquidity/build_supply_curve.hpp>
#include <trimtab/liquidity/constant_price.hpp>
#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/liquidity/frictionless.hpp>

#include "laws/venue_laws.hpp"
#include "support/pieces_venue.hpp"
#include <array>
#include <cmath>
#include <vector>

namespace trimtab {
namespace {

using liquidity::build_supply_curve;
using liquidity::constant_price;
using liquidity::constant_product;
using liquidity::frictionless;
using liquidity::segment;
using liquidity::supply_curve;
using liquidity::supply_memory;
using liquidity::supply_room;

using test::pieces_venue;
static_assert(Venue<pieces_venue> && Venue<supply_curve> && Smooth<supply_curve>);

struct owned {
  std::vector<segment<>> pieces;
  std::vector<liquidity::supply_event> events;
  std::vector<liquidity::placed_segment> placed;
  explicit owned(std::size_t count) : pieces(count), events(4 * count), placed(2 * count) {}
  supply_memory memory() { return {pieces, events, placed}; }
};

/// The same in 80 bits by another road: bisection on 1/√λ, the total at a price by each piece's own formula.
struct water {
  std::vector<segment<>> all;
  static long double root(long double price) { return 1.0L / std::sqrt(price); }
  static long double at(const segment<>& s, long double r) {
    if (!(r > root(s.price))) return 0.0L;
    if (s.curvature == 0.0) return s.capacity;
    return std::min<long double>(s.capacity, (r / root(s.price) - 1.0L) / s.curvature);
  }
  static long double paid(const segment<>& s, long double t) { return s.price * t / (1.0L + s.curvature * t); }
  [[nodiscard]] long double taken(long double r) const {
    long double x = 0.0L;
    for (const auto& s : all) x += at(s, r);
    return x;
  }
  /// The most that x buys, and 1/√λ.
  [[nodiscard]] std::pair<long double, long double> buys(long double x) const {
    long double low = 0.0L, high = 1e40L;
    for (int i = 0; i < 300; ++i) {
      const long double middle = low > 0.0L ? std::sqrt(low) * std::sqrt(high) : 1e-40L;
      (taken(middle) < x ? low : high) = middle;
    }
    long double y = 0.0L, in = 0.0L;
    for (const auto& s : all) {
      const long double t = at(s, low);
      in += t;
      y += paid(s, t);
    }
    return {y + (x - in) / (low * low), low};  // at a flat piece the bisection ends below its jump
  }
};

std::vector<segment<>> read(const auto& venue) {
  std::vector<segment<>> out(venue.segment_count());
  out.resize(venue.segments(out));
  return out;
}

constexpr std::array<constant_product, 2> two{constant_product{.reserve_in = 100.0, .reserve_out = 400.0, .fee = {0.0}},
                                              {.reserve_in = 100.0, .reserve_out = 100.0, .fee = {0.0}}};

TEST(SupplyCurve, OneVenueIsItsOwnPieces) {
  const pieces_venue ticks{
      .piece = {segment<>{2.0, 1e-3, 10.0}, {1.9, 0.0, 5.0}, {1.9, 2e-3, 7.0}, {1.5, 1e-2, infinity}}, .count = 4};
  supply_room<4> room;
  const auto curve = build_supply_curve(room.memory(), ticks);
  ASSERT_TRUE(curve.has_value());
  const auto pieces = read(*curve);
  ASSERT_EQ(pieces.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(pieces[i].price, ticks.piece[i].price);
    EXPECT_EQ(pieces[i].curvature, ticks.piece[i].curvature);
    EXPECT_EQ(pieces[i].capacity, ticks.piece[i].capacity);
  }
  for (double x = 0.25; x < 100.0; x += 0.25) EXPECT_DOUBLE_EQ(curve->amount_out(x), ticks.amount_out(x));
}

TEST(SupplyCurve, TwoPoolsAreTheirClosedForm) {
  supply_room<2> room;
  const auto curve = build_supply_curve<constant_product>(two, room.memory());
  ASSERT_TRUE(curve.has_value());
  // Both trade once the first pool's price has fallen to 1: at x = b₁ − a₁ = 100.
  EXPECT_DOUBLE_EQ(curve->amount_at({1.0}), 100.0);
  EXPECT_DOUBLE_EQ(curve->amount_out(100.0), 200.0);
  // Together Y − B²/(x + A), A = 200, B = 200 + 100, Y = 500.
  for (const double x : {150.0, 1e3, 1e6}) EXPECT_DOUBLE_EQ(curve->amount_out(x), 500.0 - 9e4 / (x + 200.0));
  EXPECT_DOUBLE_EQ(curve->amount_in(400.0), 700.0);
}

TEST(SupplyCurve, NothingIsBoughtFromNothing) {
  supply_room<2> room;
  const auto none = build_supply_curve<constant_product>(std::span<const constant_product>{}, room.memory());
  const auto empty = build_supply_curve(room.memory(), constant_price{.price = 1.0, .cap = 0.0});
  for (const auto& curve : {*none, *empty, supply_curve{}}) {
    EXPECT_EQ(curve.validate(), errc::ok);
    EXPECT_EQ(curve.amount_out(1.0), 0.0);
    EXPECT_EQ(curve.amount_in(1.0), infinity);
    EXPECT_EQ(curve.amount_in(0.0), 0.0);
    EXPECT_EQ(curve.marginal_price(0.0).value, 0.0);
    EXPECT_EQ(curve.amount_at({0.5}), 0.0);
    EXPECT_EQ(curve.best_value({0.0}), 0.0);
    EXPECT_EQ(curve.capacity(), 0.0);
    EXPECT_EQ(curve.loss(1.0), 0.0);
    EXPECT_EQ(curve.gas(1.0), 0.0);
    EXPECT_EQ(curve.after(1.0).amount_out(1.0), 0.0);
    EXPECT_EQ(curve.segment_count(), 0U);
  }
  EXPECT_EQ((supply_curve{.first = 1}.validate()), errc::size_mismatch);
  EXPECT_EQ((supply_curve{.taken = std::nan("")}.validate()), errc::not_finite);
  EXPECT_EQ((supply_curve{.error = -1.0}.validate()), errc::negative_amount);
}

TEST(SupplyCurve, AnEndlessPriceIsTheLastOne) {
  supply_room<3> room;
  const auto curve = build_supply_curve(room.memory(), two[0], frictionless{.price = 2.0}, two[1]);
  ASSERT_TRUE(curve.has_value());
  EXPECT_EQ(curve->capacity(), infinity);
  EXPECT_NEAR(curve->amount_at({2.0}), std::sqrt(2.0) * 100.0 - 100.0, 1e-12);
  EXPECT_EQ(curve->amount_at({1.9}), infinity);
  EXPECT_DOUBLE_EQ(curve->marginal_price(1e9).value, 2.0);
  EXPECT_DOUBLE_EQ(curve->amount_out(1e9) - curve->amount_out(1e8), 2.0 * 9e8);
}

TEST(SupplyCurve, GasIsThatOfTheVenuesThatTrade) {
  const pieces_venue ticks{.piece = {segment<>{3.0, 1e-2, 10.0}, {2.0, 1e-2, 10.0}}, .count = 2, .gas_each = 7.0};
  constexpr constant_product pool{.reserve_in = 100.0, .reserve_out = 250.0, .fee = {0.0}, .gas_units = 100.0};
  supply_room<3> room;
  const auto curve = build_supply_curve(room.memory(), ticks, pool);
  EXPECT_EQ(curve->gas(0.0), 0.0);
  EXPECT_EQ(curve->gas(1.0), 7.0);
  EXPECT_EQ(curve->gas(curve->amount_at({2.4})), 107.0);
  EXPECT_EQ(curve->gas(curve->amount_at({1.9})), 114.0);
}

TEST(SupplyCurve, AVenueKnownByPiecesOnlyLeavesItsError) {
  struct rough : frictionless {
    [[nodiscard]] static constexpr double segment_error(std::size_t n) noexcept { return n == 1 ? 0.25 : 9.0; }
    [[nodiscard]] constexpr rough after(double) const noexcept { return *this; }
  };
  supply_room<3> room;
  const auto curve = build_supply_curve(room.memory(), rough{}, two[0], rough{});
  EXPECT_EQ(curve->error, 0.5);
  EXPECT_EQ(curve->segment_error(curve->segment_count()), 0.5);
  const auto finite = build_supply_curve(room.memory(), constant_price{2.0, 3.0}, constant_price{1.0, 4.0});
  EXPECT_EQ(finite->segment_error(2), 0.0);
  EXPECT_EQ(finite->segment_error(1), 4.0) << "what the piece left out would have paid";
}

/// Random sets of random kinds: pools, books with ties and gaps, tick ranges; any depth next to any other.
std::vector<pieces_venue> random_venues(test::random_numbers& random, std::size_t count, double spread) {
  std::vector<pieces_venue> venues;
  for (std::size_t v = 0; v < count; ++v) {
    pieces_venue venue{.count = 1 + random.below(24)};
    double price = 2.0 * random.uniform(0.98, 1.02);
    const double depth = random.log_uniform(1.0, spread);
    const auto kind = random.below(3);
    for (std::size_t i = 0; i < venue.count; ++i) {
      const bool last = i + 1 == venue.count && kind == 0;
      const double curvature = kind == 1 ? 0.0 : random.uniform(0.5, 1.5) / depth;
      const double capacity = last ? infinity : depth * random.log_uniform(1e-4, 0.1);
      if (kind == 1) price = std::round(price * 64.0) / 64.0;  // ticks that several books share
      venue.piece[i] = {price, curvature, capacity};
      price = last ? 0.0 : venue.piece[i].marginal_price(capacity);
      if (kind == 1 || random.below(4) == 0) price *= random.uniform(0.97, 1.0);
    }
    venues.push_back(venue);
  }
  return venues;
}

TEST(SupplyCurve, PaysTheMostThatTheVenuesCanToThirteenDigits) {
  test::random_numbers random(20250611);
  long double worst = 0.0L, worst_in = 0.0L;
  for (int trial = 0; trial < 60; ++trial) {
    const auto venues = random_venues(random, 1 + random.below(12), trial % 2 == 0 ? 50.0 : 1e12);
    owned memory(liquidity::pieces_of(std::span<const pieces_venue>(venues)));
    const auto curve = build_supply_curve<pieces_venue>(venues, memory.memory());
    ASSERT_TRUE(curve.has_value());
    water exact;
    for (const auto& v : venues) exact.all.insert(exact.all.end(), v.piece.begin(), v.piece.begin() + v.count);
    const double most = std::min(curve->capacity(), 1e14);
    for (int i = 0; i < 30; ++i) {
      const double x = most * random.log_uniform(1e-12, 1.0);
      const auto [y, root] = exact.buys(x);
      const long double short_by = std::fabs(y - curve->amount_out(x)) / y;
      worst = std::max(worst, short_by);
      EXPECT_LE(short_by, 1e-13L) << x;
      // What it costs, and where the price is reached, are the same curve read backwards.
      const double back = curve->amount_in(curve->amount_out(x)), price = curve->marginal_price(x).value;
      if (back == infinity) {  // all there is, to the last digit: no amount pays for more
        EXPECT_GE(curve->amount_out(x), curve->best_value({0.0}) * (1.0 - 1e-15)) << x;
        continue;
      }
      worst_in = std::max(worst_in, std::fabs(static_cast<long double>(back) - x) * price / y);
      EXPECT_LE(std::fabs(back - x) * price, 1e-13 * y) << x;
      EXPECT_LE(curve->amount_at({price * (1.0 + 1e-12)}), x * (1.0 + 1e-9)) << x;
      EXPECT_GE(curve->amount_at({price * (1.0 - 1e-12)}), x * (1.0 - 1e-12)) << x;
    }
  }
  std::printf("supply curve: worst shortfall %.3Lg, worst round trip %.3Lg\n", worst, worst_in);
}

TEST(SupplyCurve, NoSplitOfTheSameAmountBuysMore) {
  test::random_numbers random(20250612);
  for (int trial = 0; trial < 40; ++trial) {
    const auto venues = random_venues(random, 2 + random.below(5), 50.0);
    owned memory(liquidity::pieces_of(std::span<const pieces_venue>(venues)));
    const auto curve = build_supply_curve<pieces_venue>(venues, memory.memory());
    for (int i = 0; i < 50; ++i) {
      double x = 0.0, y = 0.0;
      for (const auto& v : venues) {
        const double part = random.below(3) == 0 ? 0.0 : random.uniform(0.0, std::min(v.capacity(), 100.0));
        x += part;
        y += v.amount_out(part);
      }
      EXPECT_LE(y, curve->amount_out(x) * (1.0 + 1e-14));
    }
  }
}

TEST(SupplyCurve, TokensOfAnyDecimalsAreTheSameCurve) {
  test::random_numbers random(20250613);
  const auto venues = random_venues(random, 8, 1e4);
  owned plain(liquidity::pieces_of(std::span<const pieces_venue>(venues)));
  const auto curve = build_supply_curve<pieces_venue>(venues, plain.memory());
  for (const double in_unit : {1e-18, 1.0, 1e18}) {
    for (const double out_unit : {1e-18, 1.0, 1e18}) {
      auto scaled = venues;
      for (auto& v : scaled) {
        for (auto& s : v.piece) s = {s.price * out_unit / in_unit, s.curvature / in_unit, s.capacity * in_unit};
      }
      owned memory(plain.pieces.size());
      const auto other = build_supply_curve<pieces_venue>(scaled, memory.memory());
      ASSERT_TRUE(other.has_value());
      for (int i = 0; i < 40; ++i) {
        const double x = random.log_uniform(1e-3, 1e4);
        EXPECT_NEAR(other->amount_out(x * in_unit) / (out_unit * curve->amount_out(x)), 1.0, 1e-14);
        EXPECT_NEAR(other->loss(x * in_unit) / (out_unit * curve->loss(x)), 1.0, 1e-9);
      }
    }
  }
}

TEST(SupplyCurve, ACurveOfCurvesIsTheCurveOfAll) {
  test::random_numbers random(20250614);
  const auto venues = random_venues(random, 9, 100.0);
  const std::span<const pieces_venue> all(venues);
  owned first(liquidity::pieces_of(all.first(4))), second(liquidity::pieces_of(all.subspan(4)));
  owned whole(liquidity::pieces_of(all));
  const auto a = build_supply_curve(all.first(4), first.memory());
  const auto b = build_supply_curve(all.subspan(4), second.memory());
  const auto direct = build_supply_curve(all, whole.memory());
  owned joint(liquidity::pieces_of(*a, *b));
  const auto nested = build_supply_curve(joint.memory(), *a, *b);
  ASSERT_TRUE(nested.has_value());
  for (int i = 0; i < 200; ++i) {
    const double x = random.log_uniform(1e-4, 1e3);
    EXPECT_NEAR(nested->amount_out(x) / direct->amount_out(x), 1.0, 1e-14);
  }
}

TEST(SupplyCurve, AfterATradeItPaysWhatWasLeft) {
  test::random_numbers random(20250615);
  const auto venues = random_venues(random, 6, 100.0);
  owned memory(liquidity::pieces_of(std::span<const pieces_venue>(venues)));
  const auto curve = build_supply_curve<pieces_venue>(venues, memory.memory());
  ASSERT_TRUE(curve.has_value());
  for (int i = 0; i < 500; ++i) {
    const double x = random.log_uniform(1e-3, 100.0), z = random.log_uniform(1e-3, 100.0);
    const supply_curve left = curve->after(x), further = left.after(z);
    const double y = curve->amount_out(x + z);
    EXPECT_NEAR(left.offset_in(), std::min(x, curve->capacity()), 1e-14 * x);
    EXPECT_NEAR(left.offset_out(), curve->amount_out(x), 1e-14 * y);
    EXPECT_NEAR(curve->amount_out(x) + left.amount_out(z), y, 2e-14 * y);
    EXPECT_NEAR(left.offset_out() + left.best_value({0.0}), curve->best_value({0.0}), 1e-14 * curve->best_value({0.0}));
    EXPECT_DOUBLE_EQ(further.marginal_price(1.0).value, curve->after(x + z).marginal_price(1.0).value);
    EXPECT_NEAR(left.loss(z), left.marginal_price(0.0).value * z - left.amount_out(z), 1e-12 * y);
    EXPECT_TRUE(test::close(left.capacity() + left.offset_in(), curve->capacity(), 1e-13));
  }
}

TEST(SupplyCurve, OfAVenueThatIsRefusedNothingStays) {
  const std::array<constant_product, 1> pools{{{.reserve_in = 100.0, .reserve_out = 100.0}}};
  pieces_venue rising{.count = 3};
  rising.piece[0] = {.price = 1.0, .curvature = 0.1, .capacity = 1.0};
  rising.piece[1] = {.price = 0.5, .curvature = 0.1, .capacity = 1.0};
  rising.piece[2] = {.price = 0.9, .curvature = 0.1, .capacity = 1.0};
  supply_room<8> room, other;
  liquidity::supply_builder builder(room.memory());
  ASSERT_EQ(builder.add(rising), errc::bad_configuration);
  ASSERT_EQ(builder.add(pools[0]), errc::ok);
  const auto curve = builder.build();
  const auto without = build_supply_curve<constant_product>(pools, other.memory());
  ASSERT_TRUE(curve && without);
  EXPECT_EQ(curve->amount_out(3.0), without->amount_out(3.0));
  EXPECT_EQ(curve->pieces.size(), without->pieces.size());
}

TEST(SupplyCurve, WithoutEndAtOnePriceItIsWorthAnythingBelowIt) {
  supply_room<4> room;
  const auto curve = build_supply_curve(room.memory(), constant_product{.reserve_in = 100.0, .reserve_out = 100.0},
                                        frictionless{.price = 0.5});
  ASSERT_TRUE(curve);
  EXPECT_EQ(curve->best_value(executable_price<double>{0.25}), infinity);
  EXPECT_EQ(curve->best_value(executable_price<double>{0.0}), infinity);
  EXPECT_LT(curve->best_value(executable_price<double>{0.5}), 10.0);
  EXPECT_EQ(curve->amount_at(executable_price<double>{0.25}), infinity);
}

}  // namespace

namespace laws {
namespace {

/// Two pools, a capped quote between their prices, and 80-bit water-filling beside it.
struct pools_and_quote {
  static constexpr double scale = 100.0, most_out = 500.0 + 30.0 * 1.5;
  static constexpr constant_price quote{.price = 1.5, .cap = 30.0};
  static supply_curve venue() {
    static supply_room<3> room;
    static const supply_curve curve = *build_supply_curve(room.memory(), two[0], quote, two[1]);
    return curve;
  }
  static venue_reference reference(long double x) {
    const long double kink = 100.0L * (std::sqrt(400.0L / 150.0L) - 1.0L);  // the first pool alone down to 1.5
    long double in = x, y = 0.0L, quoted = 0.0L;
    if (x > kink) {
      quoted = std::min(x - kink, 30.0L);
      in = x - quoted;
      y = 1.5L * quoted;
    }
    const long double price = x > kink && x <= kink + 30.0L ? 1.5L : 0.0L;
    if (in <= 100.0L) {
      const long double p = 4e4L / ((100.0L + in) * (100.0L + in));
      return {y + 400.0L * in / (100.0L + in), price > 0.0L ? price : p,
              quoted * 2.5L + 4.0L * in * in / (100.0L + in)};
    }
    const long double left = in - 100.0L;  // both pools, at 1 from here: 200 + 300·t/(300 + t)
    return {y + 200.0L + 300.0L * left / (300.0L + left), 9e4L / ((300.0L + left) * (300.0L + left)),
            quoted * 2.5L + 200.0L + 3.0L * left + left * left / (300.0L + left)};
  }
};
using aggregates = testing::Types<pools_and_quote>;
INSTANTIATE_TYPED_TEST_SUITE_P(SupplyCurve, VenueLaws, aggregates);

}  // namespace
}  // namespace laws
}  // namespace trimtab
