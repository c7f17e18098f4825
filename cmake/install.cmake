# `cmake --install build/release --prefix DIR`: the program, the libraries, the headers under include/fourtuple/ (so
# that `#include "fourtuple/tcp.hpp"` and the headers below it are found with one -I), a CMake package and a .pc file.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(header_folder ${CMAKE_INSTALL_INCLUDEDIR}/fourtuple)
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/fourtuple)

set(libraries
    ft_base
    ft_wire
    ft_trace
    ft_link
    ft_ip
    ft_udp
    ft_tcp
    ft_drivers_common
    ft_drivers_tap
    ft_drivers_raw
    ft_drivers_memory
    ft_drivers_pcap
    ft_drivers_impair
    ft_drivers_tee
    ft_core
    ft_observe
    ft_runtime
    ft_socket)

# Everything an application may want behind one name.
add_library(fourtuple_all INTERFACE)
set_target_properties(fourtuple_all PROPERTIES EXPORT_NAME fourtuple)
target_link_libraries(
  fourtuple_all
  INTERFACE ft_socket
            ft_observe
            ft_drivers_tap
            ft_drivers_raw
            ft_drivers_memory
            ft_drivers_pcap
            ft_drivers_impair
            ft_drivers_tee)
target_include_directories(fourtuple_all INTERFACE $<INSTALL_INTERFACE:${header_folder}>)
target_compile_features(fourtuple_all INTERFACE cxx_std_20)
add_library(fourtuple::fourtuple ALIAS fourtuple_all)

if(TARGET fourtuple)
  install(TARGETS fourtuple RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(TARGETS fourtuple-packetdrill LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} OPTIONAL)  # if it was built
install(TARGETS fourtuple-record LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} OPTIONAL)  # with the program
install(TARGETS ${libraries} fourtuple_all EXPORT fourtuple ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT fourtuple NAMESPACE fourtuple:: FILE fourtupleTargets.cmake DESTINATION ${package_folder})

install(DIRECTORY include/fourtuple DESTINATION ${header_folder})
install(DIRECTORY stack drivers DESTINATION ${header_folder} FILES_MATCHING PATTERN "*.hpp")

configure_package_config_file(cmake/fourtupleConfig.cmake.in fourtupleConfig.cmake INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(fourtupleConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/fourtupleConfig.cmake ${PROJECT_BINARY_DIR}/fourtupleConfigVersion.cmake
              cmake/FindPcap.cmake DESTINATION ${package_folder})

# For a static library pkg-config needs every archive by name, highest floor first.
set(pkg_libraries "")
foreach(library ${libraries})
  get_target_property(type ${library} TYPE)
  if(type STREQUAL "STATIC_LIBRARY")
    string(PREPEND pkg_libraries "-l${library} ")
  endif()
endforeach()
file(RELATIVE_PATH pkg_up "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
configure_file(cmake/fourtuple.pc.in fourtuple.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/fourtuple.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
