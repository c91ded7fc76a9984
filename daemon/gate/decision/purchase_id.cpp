#include "daemon/gate/decision/purchase_id.hpp"

#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid.hpp>
#include <boost/uuid/uuid_io.hpp>

namespace gatehouse::gate {
namespace {

// Made once, by chance. Changing it changes every purchaseId: never.
constexpr boost::uuids::uuid purchases = {{0x5a, 0x0d, 0x3f, 0x6e, 0x91, 0x47, 0x4c, 0x1b,  //
                                           0xa2, 0xd8, 0x37, 0xe4, 0x6b, 0x0c, 0xf5, 0x29}};

}  // namespace

std::string purchase_id_of(std::string_view store_id, std::string_view trip_id) {
  std::string name;
  name.reserve(store_id.size() + 1 + trip_id.size());
  name.append(store_id).append(1, '\n').append(trip_id);
  return boost::uuids::to_string(boost::uuids::name_generator_sha1{purchases}(name));
}

}  // namespace gatehouse::gate
