//! The [`Operation`] trait and the macro that declares one.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::encode::Encoder;
use crate::endpoint::Endpoint;
use crate::error::BuildError;
use crate::reply::Reply;

/// One call the API offers: its parameters, its wire facts and the reply it gets.
///
/// A value of an operation type is a complete request, ready to hand to a client. As JSON it is a
/// flat object of its parameters, whatever part of the request each goes to.
pub trait Operation: Serialize + Sized {
    /// How a successful reply is read.
    type Reply: Reply;

    /// The wire facts of the operation.
    const ENDPOINT: &'static Endpoint;

    /// Writes the parameters into a request.
    ///
    /// # Errors
    ///
    /// When a parameter cannot be sent.
    fn encode(&self, out: &mut Encoder<'_>) -> Result<(), BuildError>;

    /// The operation with the parameters of a flat object; names it does not know are passed over.
    ///
    /// # Errors
    ///
    /// When a required parameter is missing, or a value is of the wrong type.
    fn from_params(params: Map<String, Value>) -> Result<Self, BuildError>;
}

/// The value a client returns for `O`.
pub type Output<O> = <<O as Operation>::Reply as Reply>::Value;

/// Declares an operation: its documentation, its reply, its history and its parameters.
///
/// `path` and `body` parameters are required and become the arguments of `new`, in that order.
/// `body?`, `query` and `header` parameters are optional and become setters. `rest` is an object
/// whose members join the body. A parameter whose wire name is no Rust name is written
/// `kind = "type": CalendarItemType`. Limits stand in brackets after the type, the revisions that
/// have the parameter after an arrow; both are `const fn`s of [`Schema`](crate::schema::Schema) and
/// [`Field`](crate::schema::Field). `{agent}` in a path is the acting agent and is not declared.
///
/// The expansion is a struct, `new`, setters, and the impls of [`Operation`] and `Serialize`.
/// A wrong declaration does not compile.
///
/// ```
/// use agentmc_core::reply::Data;
/// use agentmc_core::types::{BoardId, Task, TaskId};
///
/// agentmc_core::operation! {
///     /// Copies a task to another board.
///     pub struct CopyTask -> Data<Task>;
///
///     POST "copyTask" Tasks agent_scoped {
///         V0_3_169 => "/tasks/{task}/copies" KEY 201 [401, 404],
///     }
///
///     path {
///         /// The task to copy.
///         task: TaskId [min(1)],
///     }
///
///     body {
///         /// The board to copy it to.
///         board_id: BoardId,
///     }
/// }
///
/// let api = agentmc_core::Api::new(agentmc_core::Credential::api_key("cc_key")?);
/// let call = api.call(&CopyTask::new(7, 3))?;
/// assert_eq!(call.request().uri(), "https://agentmc.ai/api/v1/tasks/7/copies");
/// assert_eq!(call.request().body().as_ref(), br#"{"board_id":3}"#);
/// # Ok::<(), agentmc_core::BuildError>(())
/// ```
#[macro_export]
macro_rules! operation {
    (
        $(#[doc = $doc:literal])*
        pub struct $name:ident -> $reply:ty;

        $method:ident $id:literal $tag:ident $($flag:ident)* {
            $($revision:ident $($old:literal)? => $path:literal $auth:ident $success:literal [$($error:literal),* $(,)?]),+ $(,)?
        }

        $(path { $($(#[doc = $pd:literal])* $p:ident $(= $pn:literal)?: $pt:ident $(<$pg:ty>)? $([$($pl:ident($($pa:expr),*)),+])? $(=> $($ps:ident($($pv:ident)?)).+)?),+ $(,)? })?
        $(body { $($(#[doc = $bd:literal])* $b:ident $(= $bn:literal)?: $bt:ident $(<$bg:ty>)? $([$($bl:ident($($ba:expr),*)),+])? $(=> $($bs:ident($($bv:ident)?)).+)?),+ $(,)? })?
        $(body? { $($(#[doc = $od:literal])* $o:ident $(= $on:literal)?: $ot:ident $(<$og:ty>)? $([$($ol:ident($($oa:expr),*)),+])? $(=> $($os:ident($($ov:ident)?)).+)?),* $(,)? })?
        $(query { $($(#[doc = $qd:literal])* $q:ident $(= $qn:literal)?: $qt:ident $(<$qg:ty>)? $([$($ql:ident($($qa:expr),*)),+])? $(=> $($qs:ident($($qv:ident)?)).+)?),+ $(,)? })?
        $(header { $($(#[doc = $hd:literal])* $h:ident $(= $hn:literal)?: $ht:ident $(<$hg:ty>)? $([$($hl:ident($($ha:expr),*)),+])? $(=> $($hs:ident($($hv:ident)?)).+)?),+ $(,)? })?
        $(rest { $(#[doc = $xd:literal])* $x:ident: $xt:ident $(,)? })?
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug, PartialEq)]
        #[must_use = "an operation does nothing until a client sends it"]
        #[non_exhaustive]
        pub struct $name {
            $($($(#[doc = $pd])* pub $p: $pt $(<$pg>)?,)+)?
            $($($(#[doc = $bd])* pub $b: $bt $(<$bg>)?,)+)?
            $($($(#[doc = $od])* pub $o: ::core::option::Option<$ot $(<$og>)?>,)*)?
            $($($(#[doc = $qd])* pub $q: ::core::option::Option<$qt $(<$qg>)?>,)+)?
            $($($(#[doc = $hd])* pub $h: ::core::option::Option<$ht $(<$hg>)?>,)+)?
            $($(#[doc = $xd])* pub $x: $xt,)?
        }

        impl $name {
            /// The operation with its required parameters; the optional ones have setters.
            #[allow(clippy::new_without_default, clippy::too_many_arguments, clippy::useless_conversion, reason = "every operation is made by `new`, and takes what the API requires")]
            pub fn new(
                $($($p: $crate::operation!(@arg $pt $(<$pg>)?),)+)?
                $($($b: $crate::operation!(@arg $bt $(<$bg>)?),)+)?
            ) -> Self {
                Self {
                    $($($p: $p.into(),)+)?
                    $($($b: $b.into(),)+)?
                    $($($o: None,)*)?
                    $($($q: None,)+)?
                    $($($h: None,)+)?
                    $($x: ::core::default::Default::default(),)?
                }
            }

            $($($crate::operation!(@setter [$($od)*] $o: $ot $(<$og>)?);)*)?
            $($($crate::operation!(@setter [$($qd)*] $q: $qt $(<$qg>)?);)+)?
            $($($crate::operation!(@setter [$($hd)*] $h: $ht $(<$hg>)?);)+)?
            $(
                $(#[doc = $xd])*
                pub fn $x(mut self, value: impl ::core::convert::Into<$xt>) -> Self {
                    self.$x = value.into();
                    self
                }
            )?

            const DECLARATION: $crate::endpoint::Endpoint = $crate::endpoint::Endpoint::new(
                $id,
                &[$($doc),*],
                $crate::endpoint::Tag::$tag,
                $crate::endpoint::Method::$method,
                &[$($crate::endpoint::Step::new(
                    $crate::Revision::$revision,
                    $crate::operation!(@id $id $($old)?),
                    $path,
                    $crate::endpoint::auth::$auth,
                    $success,
                    &[$($error),*],
                )),+],
                &[
                    $($($crate::operation!(@param Path [$($pd)*] $p $($pn)?, <$pt $(<$pg>)? as $crate::schema::Describe>::SCHEMA$($(.$pl($($pa),*))+)?, $($(.$ps($($crate::Revision::$pv)?))+)? .required()),)+)?
                    $($($crate::operation!(@param Body [$($bd)*] $b $($bn)?, <$bt $(<$bg>)? as $crate::schema::Describe>::SCHEMA$($(.$bl($($ba),*))+)?, $($(.$bs($($crate::Revision::$bv)?))+)? .required()),)+)?
                    $($($crate::operation!(@param Body [$($od)*] $o $($on)?, <$ot $(<$og>)? as $crate::schema::Describe>::SCHEMA$($(.$ol($($oa),*))+)?, $($(.$os($($crate::Revision::$ov)?))+)?),)*)?
                    $($($crate::operation!(@param Query [$($qd)*] $q $($qn)?, <$qt $(<$qg>)? as $crate::schema::Describe>::SCHEMA$($(.$ql($($qa),*))+)?, $($(.$qs($($crate::Revision::$qv)?))+)?),)+)?
                    $($($crate::operation!(@param Header [$($hd)*] $h $($hn)?, <$ht $(<$hg>)? as $crate::schema::Describe>::SCHEMA$($(.$hl($($ha),*))+)?, $($(.$hs($($crate::Revision::$hv)?))+)?),)+)?
                ],
                <$reply as $crate::reply::Reply>::SHAPE,
                $crate::operation!(@any $(body [$($b)+])? $(body [$($o)*])? $(body [$x])?),
                $crate::operation!(@any $(rest [$x])?),
                $crate::reply::read_typed::<$reply>,
            )
            $(.$flag())*
            .checked();
        }

        impl $crate::Operation for $name {
            type Reply = $reply;

            const ENDPOINT: &'static $crate::endpoint::Endpoint = &Self::DECLARATION;

            #[allow(unused_variables, reason = "an operation may have no parameters")]
            fn encode(&self, out: &mut $crate::encode::Encoder<'_>) -> ::core::result::Result<(), $crate::BuildError> {
                $($(out.required(&self.$p)?;)+)?
                $($(out.required(&self.$b)?;)+)?
                $($(out.optional(self.$o.as_ref())?;)*)?
                $($(out.optional(self.$q.as_ref())?;)+)?
                $($(out.optional(self.$h.as_ref())?;)+)?
                $(out.rest(&self.$x)?;)?
                Ok(())
            }

            #[allow(unused_mut, unused_variables, reason = "an operation may have no parameters")]
            fn from_params(mut params: $crate::serde_json::Map<String, $crate::serde_json::Value>) -> ::core::result::Result<Self, $crate::BuildError> {
                let id = <Self as $crate::Operation>::ENDPOINT.id;
                Ok(Self {
                    $($($p: $crate::params::required(id, &mut params, $crate::operation!(@name $p $($pn)?))?,)+)?
                    $($($b: $crate::params::required(id, &mut params, $crate::operation!(@name $b $($bn)?))?,)+)?
                    $($($o: $crate::params::optional(id, &mut params, $crate::operation!(@name $o $($on)?))?,)*)?
                    $($($q: $crate::params::optional(id, &mut params, $crate::operation!(@name $q $($qn)?))?,)+)?
                    $($($h: $crate::params::optional(id, &mut params, $crate::operation!(@name $h $($hn)?))?,)+)?
                    $($x: params.into(),)?
                })
            }
        }

        impl $crate::serde::Serialize for $name {
            fn serialize<S: $crate::serde::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
                use $crate::serde::ser::SerializeMap;

                #[allow(unused_mut, reason = "an operation may have no parameters")]
                let mut map = serializer.serialize_map(None)?;
                $($(map.serialize_entry($crate::operation!(@name $p $($pn)?), &self.$p)?;)+)?
                $($(map.serialize_entry($crate::operation!(@name $b $($bn)?), &self.$b)?;)+)?
                $($(if let Some(value) = &self.$o { map.serialize_entry($crate::operation!(@name $o $($on)?), value)?; })*)?
                $($(if let Some(value) = &self.$q { map.serialize_entry($crate::operation!(@name $q $($qn)?), value)?; })+)?
                $($(if let Some(value) = &self.$h { map.serialize_entry($crate::operation!(@name $h $($hn)?), value)?; })+)?
                $(for (name, value) in self.$x.iter() { map.serialize_entry(name, value)?; })?
                map.end()
            }
        }

        // Evaluated here, used or not, so that a wrong declaration never compiles.
        const _: &$crate::endpoint::Endpoint = &$name::DECLARATION;
    };

    (@setter [$($doc:literal)*] $field:ident: $($type:tt)+) => {
        $(#[doc = $doc])*
        #[allow(clippy::useless_conversion, reason = "flags and numbers are taken as they are")]
        pub fn $field(mut self, value: $crate::operation!(@arg $($type)+)) -> Self {
            self.$field = Some(value.into());
            self
        }
    };

    // Flags and numbers are taken as they are, so that literals infer; the rest converts.
    (@arg bool) => { bool };
    (@arg f64) => { f64 };
    (@arg u32) => { u32 };
    (@arg u64) => { u64 };
    (@arg $($type:tt)+) => { impl ::core::convert::Into<$($type)+> };

    (@param $place:ident [$($doc:literal)*] $field:ident, $schema:expr, $($more:tt)*) => {
        $crate::operation!(@param $place [$($doc)*] $field stringify!($field), $schema, $($more)*)
    };
    (@param $place:ident [$($doc:literal)*] $field:ident $name:expr, $schema:expr, $($more:tt)*) => {
        $crate::endpoint::Param::new(
            $crate::schema::Field::new($name, &[$($doc),*], $schema)$($more)*,
            $crate::endpoint::Place::$place,
        )
    };

    (@name $field:ident) => { stringify!($field) };
    (@name $field:ident $name:literal) => { $name };
    (@id $id:literal) => { $id };
    (@id $id:literal $old:literal) => { $old };
    (@any) => { false };
    (@any $($block:ident [$($field:ident)*])+) => { true };
}
