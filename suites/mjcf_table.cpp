// The grammar of MJCF in MuJoCo 2.2.2: which elements stand where and which attributes they take. One row per
// group: parent, elements, attributes (facts as that version's mj_printSchema gives them).
#include "suites/mjcf_table.h"

namespace assay {
namespace {

constexpr std::string_view kRows[] = {
    "mujoco compiler autolimits boundmass boundinertia settotalmass balanceinertia strippath coordinate angle "
    "fitaabb eulerseq meshdir texturedir discardvisual convexhull usethread fusestatic inertiafromgeom "
    "inertiagrouprange exactmeshinertia",
    "compiler lengthrange mode useexisting uselimit accel maxforce timeconst timestep inttotal inteval "
    "tolrange",
    "mujoco option timestep apirate impratio tolerance noslip_tolerance mpr_tolerance gravity wind magnetic "
    "density viscosity o_margin o_solref o_solimp integrator collision cone jacobian solver iterations "
    "noslip_iterations mpr_iterations",
    "option flag constraint equality frictionloss limit contact passive gravity clampctrl warmstart "
    "filterparent actuation refsafe sensor override energy fwdinv sensornoise multiccd",
    "mujoco size njmax nconmax nstack nuserdata nkey nuser_body nuser_jnt nuser_geom nuser_site nuser_cam "
    "nuser_tendon nuser_actuator nuser_sensor",
    "mujoco visual,custom,asset,contact,equality,tendon,actuator,sensor,keyframe",
    "visual global fovy ipd azimuth elevation linewidth glow offwidth offheight",
    "visual quality shadowsize offsamples numslices numstacks numquads",
    "visual headlight ambient diffuse specular active",
    "visual map stiffness stiffnessrot force torque alpha fogstart fogend znear zfar haze shadowclip "
    "shadowscale actuatortendon",
    "visual scale forcewidth contactwidth contactheight connect com camera light selectpoint jointlength "
    "jointwidth actuatorlength actuatorwidth framelength framewidth constraint slidercrank",
    "visual rgba fog haze force inertia joint actuator actuatornegative actuatorpositive com camera light "
    "selectpoint connect contactpoint contactforce contactfriction contacttorque contactgap rangefinder "
    "constraint slidercrank crankbroken",
    "mujoco statistic meaninertia meanmass meansize extent center",
    "mujoco default class",
    "default default class",
    "default mesh scale",
    "default material texture emission specular shininess reflectance rgba texrepeat texuniform",
    "default joint type group pos axis springdamper limited solreflimit solimplimit solreffriction "
    "solimpfriction stiffness range margin ref springref armature damping frictionloss user",
    "default geom type pos quat contype conaffinity condim group priority size material friction mass density "
    "shellinertia solmix solref solimp margin gap fromto axisangle xyaxes zaxis euler hfield mesh fitscale "
    "rgba fluidshape fluidcoef user",
    "default site type group pos quat material size fromto axisangle xyaxes zaxis euler rgba user",
    "default camera fovy ipd pos quat axisangle xyaxes zaxis euler mode user",
    "default light pos dir directional castshadow active attenuation cutoff exponent ambient diffuse specular "
    "mode",
    "default pair condim friction solref solimp gap margin",
    "default equality active solref solimp",
    "default tendon group limited range solreflimit solimplimit solreffriction solimpfriction frictionloss "
    "springlength width material margin stiffness damping rgba user",
    "default general ctrllimited forcelimited actlimited ctrlrange forcerange actrange gear cranklength user "
    "group dyntype gaintype biastype dynprm gainprm biasprm",
    "default motor ctrllimited forcelimited ctrlrange forcerange gear cranklength user group",
    "default position ctrllimited forcelimited ctrlrange forcerange gear cranklength user group kp",
    "default velocity ctrllimited forcelimited ctrlrange forcerange gear cranklength user group kv",
    "default intvelocity ctrllimited forcelimited ctrlrange forcerange actrange gear cranklength user group "
    "kp",
    "default damper forcelimited ctrlrange forcerange gear cranklength user group kv",
    "default cylinder ctrllimited forcelimited ctrlrange forcerange gear cranklength user group timeconst "
    "area diameter bias",
    "default muscle ctrllimited forcelimited ctrlrange forcerange gear cranklength user group timeconst range "
    "force scale lmin lmax vmax fpmax fvmax",
    "default adhesion forcelimited ctrlrange forcerange gain user group",
    "custom numeric name size data",
    "custom text name data",
    "custom tuple name",
    "tuple element objtype objname prm",
    "asset texture name type file gridsize gridlayout fileright fileleft fileup filedown filefront fileback "
    "builtin rgb1 rgb2 mark markrgb random width height hflip vflip",
    "asset hfield name file nrow ncol size",
    "asset mesh name class file vertex normal texcoord face refpos refquat scale smoothnormal",
    "asset skin name file material rgba inflate vertex texcoord face group",
    "skin bone body bindpos bindquat vertid vertweight",
    "asset material name class texture texrepeat texuniform emission specular shininess reflectance rgba",
    "body body name childclass pos quat mocap axisangle xyaxes zaxis euler user",
    "body inertial pos quat mass diaginertia axisangle xyaxes zaxis euler fullinertia",
    "body joint name class type group pos axis springdamper limited solreflimit solimplimit solreffriction "
    "solimpfriction stiffness range margin ref springref armature damping frictionloss user",
    "body freejoint name group",
    "body geom name class type contype conaffinity condim group priority size material friction mass density "
    "shellinertia solmix solref solimp margin gap fromto pos quat axisangle xyaxes zaxis euler hfield mesh "
    "fitscale rgba fluidshape fluidcoef user",
    "body site name class type group pos quat material size fromto axisangle xyaxes zaxis euler rgba user",
    "body camera name class fovy ipd pos quat axisangle xyaxes zaxis euler mode target user",
    "body light name class directional castshadow active pos dir attenuation cutoff exponent ambient diffuse "
    "specular mode target",
    "body composite prefix type count spacing offset flatinertia solrefsmooth solimpsmooth",
    "composite joint kind group stiffness damping armature solreffix solimpfix limited range margin "
    "solreflimit solimplimit frictionloss solreffriction solimpfriction",
    "composite tendon kind group stiffness damping solreffix solimpfix limited range margin solreflimit "
    "solimplimit frictionloss solreffriction solimpfriction material rgba width",
    "composite skin texcoord material group rgba inflate subgrid",
    "composite geom type contype conaffinity condim group priority size material rgba friction mass density "
    "solmix solref solimp margin gap",
    "composite site group size material rgba",
    "composite pin coord",
    "contact pair name class geom1 geom2 condim friction solref solimp gap margin",
    "contact exclude name body1 body2",
    "equality connect name class body1 body2 anchor active solref solimp",
    "equality weld name class body1 body2 relpose anchor active solref solimp torquescale",
    "equality joint name class joint1 joint2 polycoef active solref solimp",
    "equality tendon name class tendon1 tendon2 polycoef active solref solimp",
    "equality distance name class geom1 geom2 distance active solref solimp",
    "tendon spatial name class group limited range solreflimit solimplimit solreffriction solimpfriction "
    "frictionloss springlength width material margin stiffness damping rgba user",
    "spatial site site",
    "spatial geom geom sidesite",
    "spatial pulley divisor",
    "tendon fixed name class group limited range solreflimit solimplimit solreffriction solimpfriction "
    "frictionloss springlength margin stiffness damping user",
    "fixed joint joint coef",
    "actuator general name class group ctrllimited forcelimited actlimited ctrlrange forcerange actrange "
    "lengthrange gear cranklength user joint jointinparent tendon slidersite cranksite site refsite body "
    "dyntype gaintype biastype dynprm gainprm biasprm",
    "actuator motor name class group ctrllimited forcelimited ctrlrange forcerange lengthrange gear "
    "cranklength user joint jointinparent tendon slidersite cranksite site refsite",
    "actuator position name class group ctrllimited forcelimited ctrlrange forcerange lengthrange gear "
    "cranklength user joint jointinparent tendon slidersite cranksite site refsite kp",
    "actuator velocity name class group ctrllimited forcelimited ctrlrange forcerange lengthrange gear "
    "cranklength user joint jointinparent tendon slidersite cranksite site refsite kv",
    "actuator intvelocity name class group ctrllimited forcelimited ctrlrange forcerange actrange lengthrange "
    "gear cranklength user joint jointinparent tendon slidersite cranksite site refsite kp",
    "actuator damper name class group forcelimited ctrlrange forcerange lengthrange gear cranklength user "
    "joint jointinparent tendon slidersite cranksite site refsite kv",
    "actuator cylinder name class group ctrllimited forcelimited ctrlrange forcerange lengthrange gear "
    "cranklength user joint jointinparent tendon slidersite cranksite site refsite timeconst area diameter "
    "bias",
    "actuator muscle name class group ctrllimited forcelimited ctrlrange forcerange lengthrange gear "
    "cranklength user joint jointinparent tendon slidersite cranksite timeconst range force scale lmin lmax "
    "vmax fpmax fvmax",
    "actuator adhesion name class group forcelimited ctrlrange forcerange user body gain",
    "sensor touch,accelerometer,velocimeter,gyro,force,torque,magnetometer,rangefinder name site cutoff noise "
    "user",
    "sensor jointpos,jointvel,ballquat,ballangvel,jointlimitpos,jointlimitvel,jointlimitfrc name joint cutoff "
    "noise user",
    "sensor tendonpos,tendonvel,tendonlimitpos,tendonlimitvel,tendonlimitfrc name tendon cutoff noise user",
    "sensor actuatorpos,actuatorvel,actuatorfrc name actuator cutoff noise user",
    "sensor framepos,framequat,framexaxis,frameyaxis,framezaxis,framelinvel,frameangvel name objtype objname "
    "reftype refname cutoff noise user",
    "sensor framelinacc,frameangacc name objtype objname cutoff noise user",
    "sensor subtreecom,subtreelinvel,subtreeangmom name body cutoff noise user",
    "sensor clock name cutoff noise user",
    "sensor user name objtype objname datatype needstage dim cutoff noise user",
    "keyframe key name time qpos qvel act mpos mquat ctrl",
    "mujoco worldbody",
};

// Attributes whose value is a word, a name or a path. All others hold numbers.
constexpr std::string_view kText[] = {
    "active",
    "actlimited",
    "angle",
    "autolimits",
    "balanceinertia",
    "biastype",
    "body",
    "body1",
    "body2",
    "builtin",
    "castshadow",
    "childclass",
    "class",
    "collision",
    "cone",
    "constraint",
    "contact",
    "convexhull",
    "coordinate",
    "cranksite",
    "ctrllimited",
    "datatype",
    "directional",
    "discardvisual",
    "dyntype",
    "energy",
    "equality",
    "eulerseq",
    "exactmeshinertia",
    "file",
    "fileback",
    "filedown",
    "filefront",
    "fileleft",
    "fileright",
    "fileup",
    "fitaabb",
    "fluidshape",
    "forcelimited",
    "fusestatic",
    "gaintype",
    "geom",
    "geom1",
    "geom2",
    "gridlayout",
    "hfield",
    "hflip",
    "inertiafromgeom",
    "integrator",
    "jacobian",
    "joint",
    "joint1",
    "joint2",
    "jointinparent",
    "kind",
    "limited",
    "mark",
    "material",
    "mesh",
    "meshdir",
    "mocap",
    "mode",
    "model",
    "name",
    "needstage",
    "objname",
    "objtype",
    "prefix",
    "refname",
    "refsite",
    "reftype",
    "shellinertia",
    "sidesite",
    "site",
    "slidersite",
    "smoothnormal",
    "solver",
    "strippath",
    "target",
    "tendon",
    "tendon1",
    "tendon2",
    "texture",
    "texturedir",
    "texuniform",
    "type",
    "useexisting",
    "uselimit",
    "usethread",
    "vflip",
    "actuator",
};

// What newer versions added, as their changelogs say. parent "*" stands for any; attribute "" for the element.
constexpr Newer kNewer[] = {
    {"*", "extension", "", "2.3.0"},
    {"*", "plugin", "", "2.3.0"},
    {"*", "config", "", "2.3.0"},
    {"*", "deformable", "", "3.0.0"},
    {"*", "flex", "", "3.0.0"},
    {"*", "flexcomp", "", "3.0.0"},
    {"*", "frame", "", "3.1.0"},
    {"*", "replicate", "", "3.1.5"},
    {"*", "attach", "", "3.2.0"},
    {"asset", "model", "", "3.2.0"},
    {"sensor", "jointactuatorfrc", "", "2.3.7"},
    {"sensor", "camprojection", "", "3.0.0"},
    {"sensor", "distance", "", "3.1.6"},
    {"sensor", "normal", "", "3.1.6"},
    {"sensor", "fromto", "", "3.1.6"},
    {"*", "joint", "actuatorfrcrange", "3.0.0"},
    {"*", "joint", "actuatorfrclimited", "3.0.0"},
    {"*", "joint", "actuatorforcerange", "2.3.7"},
    {"*", "joint", "actuatorforcelimited", "2.3.7"},
    {"*", "joint", "actuatorgravcomp", ""},
    {"*", "body", "gravcomp", "2.3.1"},
    {"*", "position", "kv", "3.1.0"},
    {"*", "intvelocity", "kv", "3.1.0"},
    {"*", "position", "dampratio", "3.1.4"},
    {"*", "intvelocity", "dampratio", "3.1.4"},
    {"*", "position", "inheritrange", "3.1.3"},
    {"*", "intvelocity", "inheritrange", "3.1.3"},
    {"*", "position", "timeconst", "3.1.6"},
    {"*", "general", "actdim", "2.3.1"},
    {"*", "general", "actearly", "3.0.0"},
    {"*", "muscle", "tausmooth", "2.3.6"},
    {"*", "global", "ellipsoidinertia", "2.3.4"},
    {"*", "global", "realtime", "2.3.0"},
    {"*", "global", "bvactive", "3.1.2"},
    {"*", "compiler", "assetdir", "2.3.0"},
    {"*", "compiler", "alignfree", "3.2.0"},
    {"*", "compiler", "saveinertial", "3.2.0"},
    {"*", "flag", "eulerdamp", "3.0.0"},
    {"*", "flag", "invdiscrete", "3.0.0"},
    {"*", "flag", "island", "3.0.0"},
    {"*", "flag", "midphase", "2.3.3"},
    {"*", "option", "ls_iterations", "3.0.0"},
    {"*", "option", "ls_tolerance", "3.0.0"},
    {"*", "option", "actuatorgroupdisable", "3.0.1"},
    {"*", "size", "memory", "2.3.0"},
    {"*", "camera", "resolution", "3.0.0"},
    {"*", "camera", "focal", "3.0.0"},
    {"*", "camera", "focalpixel", "3.0.0"},
    {"*", "camera", "principal", "3.0.0"},
    {"*", "camera", "principalpixel", "3.0.0"},
    {"*", "camera", "sensorsize", "3.0.0"},
    {"*", "camera", "orthographic", "3.1.4"},
    {"*", "light", "bulbradius", "3.1.5"},
    {"*", "material", "metallic", "3.1.5"},
    {"*", "material", "roughness", "3.1.5"},
    {"*", "pair", "solreffriction", "2.3.6"},
    {"*", "hfield", "elevation", "3.1.2"},
    {"*", "mesh", "content_type", "2.3.7"},
    {"*", "hfield", "content_type", "2.3.7"},
    {"*", "texture", "content_type", "2.3.7"},
    {"*", "mesh", "inertia", "3.2.4"},
    {"*", "mesh", "maxhullvert", "3.2.0"},
    {"option", "integrator", "implicitfast", "2.3.3"},
    {"general", "dyntype", "filterexact", "3.0.0"},
    {"composite", "type", "cable", "2.3.0"},
    {"geom", "type", "sdf", "3.0.0"},
};

}  // namespace

std::span<const std::string_view> mjcf_rows() { return kRows; }
std::span<const std::string_view> mjcf_text_attributes() { return kText; }
std::span<const Newer> mjcf_newer() { return kNewer; }

}  // namespace assay
