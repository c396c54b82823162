// SPDX-License-Identifier: MIT
// The contract's swaps against the real-valued pool. The contract walks from cut to cut: initialised ticks, edges of
// its bitmap (256 tick spacings) and the end. At each it takes up to two smallest units more than the curve says (the
// amount and the fee, both rounded up), pays up to one less, and where the swap ends its root of the price is a whole
// number of 2⁻⁹⁶. With n cuts, and what those units are worth on the other side at the dearest of the trade's prices,
// this is the stated bound of a row; what a row needs beyond one unit and 10⁻¹² is counted.
#include <gtest/gtest.h>

#include <trimtab/instrument/range_position.hpp>
#include <trimtab/liquidity/concentrated.hpp>

#include "support/doubled_of.hpp"
#include "support/vectors.hpp"
#include <algorithm>
#include <cmath>

namespace trimtab::liquidity {
namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();

struct contract_pool {
  std::vector<initialised_tick> ticks;
  std::vector<tick_node> nodes;
  concentrated pool;
  int tick = 0, spacing = 1;
  double gross = 0.0, liquidity = 0.0;
};

std::map<std::string, contract_pool> read_pools() {
  std::map<std::string, contract_pool> pools;
  test::vector_file file("pools/univ3_pools.csv");
  for (const test::row& row : file.rows()) {
    contract_pool& p = pools[row.text("pool")];
    for (const std::string& entry : row.list("ticks")) {
      const auto parts = test::split(entry, ':');
      const bool leaves = parts.at(1)[0] == '-';
      const doubled<double> size = test::doubled_of(parts.at(1).substr(leaves ? 1 : 0)), net = leaves ? -size : size;
      p.ticks.push_back({static_cast<std::int32_t>(test::number_of(parts.at(0))), net});
      p.gross += size.high;
    }
    EXPECT_EQ(p.ticks.size(), static_cast<std::size_t>(row.integer("n_ticks")));
    p.nodes.resize(p.ticks.size());
    const auto table = build_tick_table(p.ticks, p.nodes);
    EXPECT_TRUE(table) << name(table.error());
    p.tick = static_cast<int>(test::number_of(row.text("tick")));
    p.spacing = row.small("tick_spacing");
    p.pool = {.ticks = *table,
              .sqrt_price = sqrt_price_from_x96(test::doubled_of(row.text("sqrt_price_x96"))),
              .fee = {static_cast<double>(row.integer("fee")) / 100.0},
              .gas_units = 1e5};
    p.liquidity = static_cast<double>(row.integer("liquidity"));
    // A pool that came down onto a tick has left it: its liquidity is that of the range below.
    const bool arrived_down = tick_at_sqrt_price(p.pool.sqrt_price) == p.tick + 1;
    EXPECT_EQ(arrived_down, row.text("pool") == "arrived_down");
    EXPECT_NEAR((arrived_down ? p.pool : p.pool.reversed()).liquidity(), p.liquidity, p.gross * 0x1p-52);
    EXPECT_GE(row.integer("dec0") + row.integer("dec1"), 12.0L);
    file.count();
  }
  file.report();
  return pools;
}

int floor_div(int a, int b) {
  return a >= 0 ? a / b : -((b - 1 - a) / b);
}

TEST(ConcentratedVectors, EverySwapOfTheContract) {
  auto pools = read_pools();
  test::vector_file file("pools/univ3_swaps.csv");
  std::size_t filled = 0, limited = 0, by_the_input = 0, by_cuts = 0, on_an_edge = 0, on_tick = 0, at_the_end = 0;

  for (const test::row& row : file.rows()) {
    const std::string id = row.text("pool") + " " + row.text("swap");
    ASSERT_TRUE(pools.count(row.text("pool"))) << id;
    const contract_pool& p = pools.at(row.text("pool"));
    const bool down = row.flag("zero_for_one"), exact_in = row.text("kind") == "exact_in";
    ASSERT_TRUE(exact_in || row.text("kind") == "exact_out");
    concentrated pool = p.pool;
    pool.direction = down ? swap_direction::first_for_second : swap_direction::second_for_first;
    pool = pool.placed();
    const doubled<double> limit = sqrt_price_from_x96(test::doubled_of(row.text("sqrt_price_limit_x96")));
    const auto wanted = static_cast<double>(row.integer("amount_specified"));

    const double most_in = pool.amount_to(limit), most_out = pool.amount_out(most_in);
    const auto their_in = static_cast<double>(row.integer("amount_in")),
               their_out = static_cast<double>(row.integer("amount_out"));
    bool fills = wanted <= (exact_in ? most_in : most_out);
    if (fills != row.flag("filled")) {  // at the end of liquidity, where the contract's roundings may decide
      ++at_the_end;
      EXPECT_TRUE(!exact_in && wanted - their_out <= static_cast<double>(row.integer("ticks_crossed"))) << id;
      fills = !fills;
    }
    const double in = !fills ? most_in : exact_in ? wanted : pool.amount_in(wanted);
    const double out = !fills ? most_out : exact_in ? pool.amount_out(wanted) : wanted;
    const concentrated left = pool.after(in);
    const doubled<double> root = fills ? left.sqrt_price : limit;
    concentrated there = left;
    there.sqrt_price = root;

    ++(fills ? filled : limited);

    // Ticks crossed. A price on a tick to begin with has crossed it for us; for the contract in one direction only.
    std::size_t crossed = 0;
    for (const tick_node& node : pool.ticks.nodes) {
      const doubled<double> s = node.sqrt_price, from = pool.sqrt_price;
      if (down ? s < from && !(s < root) : from < s && !(root < s)) ++crossed;
    }
    if (fills) {
      EXPECT_EQ(crossed, pool.ticks_crossed(in)) << id;
    }
    const bool arrived_down = row.text("pool") == "arrived_down";
    const bool leaves_tick = arrived_down ? !down : down && row.text("pool") == "on_tick";
    if (leaves_tick) ++on_tick;
    EXPECT_EQ(crossed + (leaves_tick ? 1U : 0U), static_cast<std::size_t>(row.integer("ticks_crossed"))) << id;

    EXPECT_NEAR(there.liquidity(), static_cast<double>(row.integer("liquidity_after")), p.gross * 0x1p-52) << id;

    const auto their_tick = static_cast<int>(test::number_of(row.text("tick_after")));
    // Cuts, and what a unit and a step of the root are worth.
    const int from_word = floor_div(floor_div(p.tick, p.spacing) + (down ? 0 : 1), 256);
    const int to_word = floor_div(floor_div(their_tick, p.spacing) + (down ? 0 : 1), 256);
    const double cuts = 1.0 + static_cast<double>(row.integer("ticks_crossed")) + std::abs(to_word - from_word);
    const double first_price = pool.marginal_price(0.0).value, last_price = pool.marginal_price(in).value;
    double deepest = 0.0;
    for (const tick_node& node : pool.ticks.nodes) deepest = std::max(deepest, node.liquidity);
    const double step = 0x1p-96 * deepest, low = std::min(root.high, pool.sqrt_price.high);
    const double step_first = step / (low * low);
    const double in_units = 2.0 * cuts + epsilon * in, out_units = cuts + epsilon * out;
    const double out_bound = out_units + in_units * first_price + 2.0 * (down ? step : step_first);
    const double in_bound = in_units + out_units / last_price + 2.0 * (down ? step_first : step);
    const double missing = out - their_out, extra = their_in - in;
    EXPECT_LE(missing, out_bound + 1e-12 * out) << id << " " << cuts;
    EXPECT_GE(missing, -1e-12 * out - 2.0 * (down ? step : step_first)) << id;
    EXPECT_LE(extra, in_bound + 1e-12 * in) << id << " " << cuts;
    EXPECT_GE(extra, -1e-12 * in - 2.0 * (down ? step_first : step)) << id;

    // Within 10⁻¹² or one smallest unit of either token; else of one cut, or of more.
    const double step_out = std::max({1.0 + first_price, 1e-12 * out}),
                 step_in = std::max(1.0 + 1.0 / last_price, 1e-12 * in);
    if (missing > step_out || extra > step_in) ++(cuts > 1.0 ? by_cuts : by_the_input);

    // Where it ends, by what those units move it.
    const doubled<double> their_root = sqrt_price_from_x96(test::doubled_of(row.text("sqrt_price_after_x96")));
    double bound = 0.0;
    if (fills) {
      const double here = pool.after(in * (1.0 - 1e-9)).liquidity(), square = root.high * root.high;
      bound = in_units * (down ? square : 1.0) / here + out_units * (down ? 1.0 : square) / here + 0x1p-94;
    }
    EXPECT_LE(std::fabs((root - their_root).high), bound) << id;
    const int our_tick = tick_at_sqrt_price(root);
    if (our_tick != their_tick) {
      ++on_an_edge;
      // Down onto a tick it has left it already, and its highest root is below its highest tick; else the root's
      // bound reaches into the other tick.
      const bool onto_a_tick = our_tick == their_tick + 1 &&
                               std::fabs((root - sqrt_price_at_tick(our_tick)).high) <= 0x1p-94 + 1e-19 * root.high;
      EXPECT_TRUE(onto_a_tick || (tick_at_sqrt_price(root - doubled<double>(bound)) <= their_tick &&
                                  tick_at_sqrt_price(root + doubled<double>(bound)) >= their_tick))
          << id;
    }
    file.count(std::max({0.0, missing / (out_bound + 1e-12 * out), extra / (in_bound + 1e-12 * in)}));
  }
  file.report();
  std::printf(
      "  filled %zu, stopped by the limit %zu, of these by one unit %zu; beyond 1e-12 and one unit of either token"
      " %zu of one cut, %zu of more; ended on a tick %zu, began on one %zu\n",
      filled, limited, at_the_end, by_the_input, by_cuts, on_an_edge, on_tick);
}

// Burn rounds what the owner gets down, mint what the owner pays up: the value lies between, or within a unit of both
// where the contract's root of a tick is off by its last 2⁻⁹⁶. The instrument's ends are prices in doubles, so it may
// be off by a few ulps of the virtual reserves besides; the pool that consists of the position is not.
TEST(ConcentratedVectors, EveryPositionOfTheContract) {
  test::vector_file file("pools/univ3_position_amounts.csv");
  std::size_t by_ulps = 0;
  for (const test::row& row : file.rows()) {
    const auto liquidity = static_cast<double>(row.integer("liquidity"));
    const auto lower = static_cast<std::int32_t>(test::number_of(row.text("tick_lower"))),
               upper = static_cast<std::int32_t>(test::number_of(row.text("tick_upper")));
    const doubled<double> root = sqrt_price_from_x96(test::doubled_of(row.text("sqrt_price_x96")));
    const instrument::range_position position{
        .liquidity = liquidity, .lower = price_at_tick(lower), .upper = price_at_tick(upper)};
    ASSERT_EQ(position.validate(), errc::ok);
    const double price = (root * root).high;
    const auto held = position.holds(price, 1.0);

    const initialised_tick ends[] = {{lower, liquidity}, {upper, -liquidity}};
    tick_node nodes[2];
    const concentrated selling{.ticks = *build_tick_table(ends, nodes), .sqrt_price = root, .fee = {0.0}};
    const concentrated buying = selling.reversed();
    const double first = buying.amount_out(buying.capacity()), second = selling.amount_out(selling.capacity());

    const auto between = [&](double amount, const char* burn, const char* mint, double slack) {
      const long double low = row.integer(burn), high = row.integer(mint);
      EXPECT_GE(amount, low - slack) << row.text("regime");
      EXPECT_LE(amount, high + slack) << row.text("regime");
      EXPECT_LE(high - low, 1.0L);
      return static_cast<double>(std::max({0.0L, low - amount, amount - high}));
    };
    // A step of the contract's root, in either token.
    const double low_root =
        std::max(sqrt_price_at_tick(lower).high, std::min(root.high, sqrt_price_at_tick(upper).high));
    const double step = liquidity * (0x1p-95 + 1e-19 * low_root), step_first = step / (low_root * low_root);
    between(first, "burn_amount0", "mint_amount0", 1e-14 * first + step_first);
    between(second, "burn_amount1", "mint_amount1", 1e-14 * second + step);
    const double off = between(held.first, "burn_amount0", "mint_amount0",
                               step_first + 4.0 * epsilon * liquidity / low_root),
                 off_second = between(held.second, "burn_amount1", "mint_amount1",
                                      step + 4.0 * epsilon * liquidity * sqrt_price_at_tick(upper).high);
    if (off > 1e-12 * held.first || off_second > 1e-12 * held.second) ++by_ulps;

    // The regime as the contract's tick has it.
    const auto tick = static_cast<int>(test::number_of(row.text("tick")));
    EXPECT_LE(std::abs(tick_at_sqrt_price(root) - tick), 1);
    const std::string& regime = row.text("regime");
    EXPECT_EQ(tick < lower, regime == "below" || regime == "lower_minus_1") << regime;
    EXPECT_EQ(tick >= upper, regime == "above" || regime == "at_upper") << regime;
    if (regime == "below" || regime == "above" || regime == "inside") {
      EXPECT_EQ(position.regime(price, 1.0), regime == "below"   ? instrument::range_regime::below
                                             : regime == "above" ? instrument::range_regime::above
                                                                 : instrument::range_regime::in_range);
    }
    file.count(std::max(off, off_second) / (liquidity * std::max(1.0 / low_root, low_root)));
  }
  file.report();
  std::printf("  instrument::range_position beyond burn, mint and 1e-12 for the ulps of its ends: %zu\n", by_ulps);
}

}  // namespace
}  // namespace trimtab::liquidity
