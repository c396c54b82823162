// SPDX-License-Identifier: MIT
#include <trimtab/oracle/all_of.hpp>
#include <trimtab/oracle/max_age.hpp>
#include <trimtab/oracle/max_deviation.hpp>
#include <trimtab/oracle/max_rate_of_change.hpp>
#include <trimtab/oracle/median_of_sources.hpp>
#include <trimtab/oracle/sequencer_grace.hpp>

#include "laws/oracle_guard_laws.hpp"
#include <limits>

namespace trimtab {
namespace {

constexpr timestamp now = at_unix(1'700'000'000);
constexpr oracle::all_of guards{oracle::max_age{.reference = seconds{30}}, oracle::max_deviation{.limit = {200.0}}};
constexpr trust verdict(double reference, seconds age) {
  return guards.step({}, {{100.0, now}, {reference, now - age}}, now).verdict;
}
static_assert(guards.validate() == errc::ok);
static_assert(verdict(100.0, seconds{30}) == trust::ok);
static_assert(verdict(100.0, seconds{31}) == trust::ours_bad);
static_assert(verdict(103.0, seconds{0}) == trust::unknown);
static_assert(verdict(103.0, seconds{31}) == trust::ours_bad, "they differ, and the stale one is wrong");
static_assert(verdict(-1.0, seconds{31}) == trust::ours_bad, "the same fault twice");

TEST(OracleAllOf, WorseIsCommutativeAssociativeAndOkIsItsUnit) {
  constexpr trust all[] = {trust::ok, trust::ours_bad, trust::protocol_bad, trust::unknown, trust::both_bad};
  for (const trust a : all) {
    EXPECT_EQ(worse(a, trust::ok), a);
    EXPECT_EQ(worse(a, a), a);
    EXPECT_EQ(worse(a, trust::unknown), a == trust::ok ? trust::unknown : a) << "whoever knows settles it";
    EXPECT_EQ(worse(a, trust::both_bad), trust::both_bad);
    for (const trust b : all) {
      EXPECT_EQ(worse(a, b), worse(b, a));
      for (const trust c : all) EXPECT_EQ(worse(worse(a, b), c), worse(a, worse(b, c)));
    }
  }
}

TEST(OracleAllOf, AnAgeSettlesADifferenceInWhateverOrder) {
  constexpr oracle::all_of backwards{oracle::max_deviation{.limit = {200.0}}, oracle::max_age{}};
  constexpr oracle::all_of nested{oracle::all_of{oracle::max_deviation{.limit = {200.0}}, oracle::max_age{}},
                                  oracle::max_age{}};
  constexpr timestamp old = now - seconds{5000};
  struct row {
    timestamp protocol, reference;
    trust expected;
  };
  for (const auto& [protocol, reference, expected] :
       {row{now, now, trust::unknown}, row{now, old, trust::ours_bad}, row{old, now, trust::protocol_bad},
        row{old, old, trust::both_bad}}) {
    const quote q{{100.0, protocol}, {103.0, reference}};
    EXPECT_EQ(guards.step({}, q, now).verdict, expected);
    EXPECT_EQ(backwards.step({}, q, now).verdict, expected);
    EXPECT_EQ(nested.step({}, q, now).verdict, expected);
  }
  EXPECT_EQ(worse(trust::ours_bad, trust::protocol_bad), trust::both_bad);
  EXPECT_EQ(reason_of(trust::both_bad), errc::oracle_unknown);
}

TEST(OracleAllOf, AThirdSourceSettlesADifferenceAndGivesTheReason) {
  constexpr oracle::all_of judges{oracle::max_deviation{.limit = {200.0}}, oracle::median_of_sources{},
                                  oracle::sequencer_grace{}};
  const observation others[] = {{100.0, now}, {100.5, now}};
  const auto judge = [&](double protocol, double reference, sequencer chain = {}) {
    return judges.step(
        {}, {.protocol = {protocol, now}, .reference = {reference, now}, .others = others, .sequencer = chain}, now);
  };
  EXPECT_EQ(judge(100.0, 100.0).why, doubt::none);
  EXPECT_EQ(judge(130.0, 100.0).verdict, trust::protocol_bad);
  EXPECT_EQ(judge(130.0, 100.0).why, doubt::sources);
  EXPECT_EQ(judge(100.0, 130.0).verdict, trust::ours_bad);
  EXPECT_EQ(judge(100.0, 130.0, {false, now}).verdict, trust::both_bad) << "a spike of ours while the chain stands";
  EXPECT_EQ(judge(100.0, 130.0, {false, now}).why, doubt::sequencer);
  EXPECT_EQ(judge(100.0, 100.0, {true, now}).verdict, trust::unknown);
  EXPECT_EQ(judge(130.0, 100.0, {true, now}).why, doubt::sources) << "whoever knows settles it";
}

TEST(OracleAllOf, AReferenceThatIsNoPriceIsNeverTheFairOne) {
  for (const double bad : {std::numeric_limits<double>::quiet_NaN(), infinity, -infinity, 0.0, -1.0})
    for (const trust t : {trust::ok, trust::ours_bad, trust::protocol_bad, trust::unknown, trust::both_bad})
      for (const leg side : {leg::sold, leg::bought})
        EXPECT_EQ(fair_price({{100.0, now}, {bad, now}}, t, side), 100.0) << bad;
}

TEST(OracleAllOf, TheFairPriceFollowsTheVerdict) {
  constexpr quote q{{100.0, now}, {97.0, now}};
  for (const leg side : {leg::sold, leg::bought}) {
    EXPECT_EQ(fair_price(q, trust::ok, side), 97.0);
    EXPECT_EQ(fair_price(q, trust::protocol_bad, side), 97.0);
    EXPECT_EQ(fair_price(q, trust::ours_bad, side), 100.0);
  }
  // Nobody knows: what asks least of the venue, less for what is sold, more for what is bought.
  EXPECT_EQ(fair_price(q, trust::unknown, leg::sold), 97.0);
  EXPECT_EQ(fair_price(q, trust::unknown, leg::bought), 100.0);
  constexpr quote above{{100.0, now}, {103.0, now}};
  EXPECT_EQ(fair_price(above, trust::unknown, leg::sold), 100.0);
  EXPECT_EQ(fair_price(above, trust::unknown, leg::bought), 103.0);
}

TEST(OracleAllOf, EveryVerdictHasItsOwnReason) {
  EXPECT_EQ(reason_of(trust::ok), errc::ok);
  EXPECT_EQ(reason_of(trust::ours_bad), errc::oracle_ours);
  EXPECT_EQ(reason_of(trust::protocol_bad), errc::oracle_protocol);
  EXPECT_EQ(reason_of(trust::unknown), errc::oracle_unknown);
}

}  // namespace

namespace laws {
namespace {

struct two_case {
  static constexpr unsigned reads = reads_prices | reads_protocol_age | reads_reference_age;
  static constexpr auto guard() { return oracle::all_of{oracle::max_age{}, oracle::max_deviation{}}; }
};
struct three_case {
  static constexpr unsigned reads = reads_prices | reads_protocol_age | reads_reference_age;
  static constexpr auto guard() {
    return oracle::all_of{oracle::max_age{}, oracle::max_deviation{.limit = {3000.0}}, oracle::max_rate_of_change{}};
  }
};
struct nested_case {
  static constexpr unsigned reads = reads_prices | reads_protocol_age | reads_reference_age;
  static constexpr auto guard() { return oracle::all_of{oracle::max_age{}, two_case::guard()}; }
};
using combinations = testing::Types<two_case, three_case, nested_case>;
INSTANTIATE_TYPED_TEST_SUITE_P(OracleAllOf, OracleGuardLaws, combinations);

}  // namespace
}  // namespace laws

namespace {

TEST(OracleAllOf, NoGuardsBelieveEverything) {
  constexpr oracle::all_of<> none;
  EXPECT_EQ(none.validate(), errc::ok);
  EXPECT_EQ(none.step({}, {}, now).verdict, trust::ok);
}

TEST(OracleAllOf, ReportsTheFirstBadConfiguration) {
  constexpr oracle::all_of bad{oracle::max_age{}, oracle::max_deviation{.limit = {0.0}}};
  EXPECT_EQ(bad.validate(), errc::bad_configuration);
}

TEST(OracleAllOf, EveryGuardSeesEveryQuoteEvenAfterAFault) {
  constexpr oracle::all_of both{oracle::max_age{.reference = seconds{0}}, oracle::max_rate_of_change{}};
  auto state = both.step({}, {{100.0, now}, {100.0, now - seconds{1}}}, now).state;
  EXPECT_EQ(get<1>(state).reference_anchor, 100.0);
}

}  // namespace
}  // namespace trimtab
