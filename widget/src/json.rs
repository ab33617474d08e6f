//! Reads JSON with the browser's own parser.
//!
//! `serde_json`'s parser, number tables and error texts would be a fifth of
//! what a shopper has to download, and the browser brings all of it. Errors
//! carry no text: nobody but a program sees them.

use js_sys::{Array, JSON, Object, Reflect};
use serde::{
    Deserializer,
    de::{
        self, DeserializeOwned, DeserializeSeed, IntoDeserializer, Visitor,
        value::StringDeserializer,
    },
    forward_to_deserialize_any,
};
use std::fmt;
use wasm_bindgen::{JsCast, JsValue};

/// The text isn't JSON, or not of the expected shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreadable;

/// Reads a value from JSON text.
pub fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Unreadable> {
    T::deserialize(Js(JSON::parse(text).map_err(|_| Unreadable)?))
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unreadable")
    }
}

impl std::error::Error for Unreadable {}

impl de::Error for Unreadable {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

struct Js(JsValue);

impl Js {
    fn text(&self) -> Result<String, Unreadable> {
        self.0.as_string().ok_or(Unreadable)
    }

    fn number<'de, V: Visitor<'de>>(&self, visitor: V) -> Result<V::Value, Unreadable> {
        let number = self.0.as_f64().ok_or(Unreadable)?;
        #[expect(clippy::cast_possible_truncation, reason = "checked by the way back")]
        let whole = number as i64;
        #[expect(clippy::cast_precision_loss, reason = "that is the check")]
        let is_whole = whole as f64 == number;
        if is_whole {
            visitor.visit_i64(whole)
        } else {
            visitor.visit_f64(number)
        }
    }
}

impl<'de> Deserializer<'de> for Js {
    type Error = Unreadable;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        if self.0.is_null() {
            visitor.visit_unit()
        } else if let Some(value) = self.0.as_bool() {
            visitor.visit_bool(value)
        } else if self.0.as_f64().is_some() {
            self.number(visitor)
        } else if self.0.is_string() {
            self.deserialize_string(visitor)
        } else if Array::is_array(&self.0) {
            self.deserialize_seq(visitor)
        } else {
            self.deserialize_map(visitor)
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_bool(self.0.as_bool().ok_or(Unreadable)?)
    }

    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.number(visitor)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.number(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.number(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_str(&self.text()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_string(self.text()?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        if self.0.is_null() || self.0.is_undefined() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        let items = self.0.dyn_into().map_err(|_| Unreadable)?;
        visitor.visit_seq(Items { items, at: 0 })
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        let object: Object = self.0.dyn_into().map_err(|_| Unreadable)?;
        visitor.visit_map(Fields {
            keys: Object::keys(&object),
            object,
            at: 0,
        })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_seq(Named {
            object: self.0,
            names: names.iter(),
        })
    }

    /// A bare word, or an object with the one field that names the variant.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_enum(Variant::of(self.0)?)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i128 u8 u32 u64 u128 f32 char bytes byte_buf unit unit_struct tuple tuple_struct
        identifier
    }
}

struct Items {
    items: Array,
    at: u32,
}

impl<'de> de::SeqAccess<'de> for Items {
    type Error = Unreadable;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Unreadable> {
        if self.at == self.items.length() {
            return Ok(None);
        }
        self.at += 1;
        seed.deserialize(Js(self.items.get(self.at - 1))).map(Some)
    }
}

/// The fields of a struct in their own order. What derives `Deserialize` can read a struct
/// from a sequence or from a map; from a map it takes three times the code, for it has to
/// know each name and what it has read.
struct Named {
    object: JsValue,
    names: std::slice::Iter<'static, &'static str>,
}

impl Named {
    /// On its own, since the rest is there once for each type.
    #[inline(never)]
    fn next(&mut self) -> Result<JsValue, Unreadable> {
        let name = self.names.next().ok_or(Unreadable)?;
        Reflect::get(&self.object, &JsValue::from_str(name)).map_err(|_| Unreadable)
    }
}

impl<'de> de::SeqAccess<'de> for Named {
    type Error = Unreadable;

    /// `None` for a field that isn't there and isn't an `Option`: its default is taken, if
    /// it has one.
    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Unreadable> {
        let value = self.next()?;
        let is_there = !value.is_undefined();
        match seed.deserialize(Js(value)) {
            Ok(value) => Ok(Some(value)),
            Err(error) if is_there => Err(error),
            Err(_) => Ok(None),
        }
    }
}

struct Fields {
    object: Object,
    keys: Array,
    at: u32,
}

impl<'de> de::MapAccess<'de> for Fields {
    type Error = Unreadable;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Unreadable> {
        match self.keys.get(self.at).as_string() {
            Some(key) => seed.deserialize(key.into_deserializer()).map(Some),
            None => Ok(None),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, Unreadable> {
        let key = self.keys.get(self.at);
        self.at += 1;
        seed.deserialize(Js(Reflect::get(&self.object, &key).map_err(|_| Unreadable)?))
    }
}

struct Variant {
    name: String,
    content: JsValue,
}

impl Variant {
    /// On its own, as above.
    #[inline(never)]
    fn of(value: JsValue) -> Result<Self, Unreadable> {
        if let Some(name) = value.as_string() {
            let content = JsValue::NULL;
            return Ok(Self { name, content });
        }
        let object: Object = value.dyn_into().map_err(|_| Unreadable)?;
        let key = Object::keys(&object).get(0);
        let content = Reflect::get(&object, &key).map_err(|_| Unreadable)?;
        let name = key.as_string().ok_or(Unreadable)?;
        Ok(Self { name, content })
    }
}

impl<'de> de::EnumAccess<'de> for Variant {
    type Error = Unreadable;
    type Variant = Js;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Js), Unreadable> {
        let name: StringDeserializer<Unreadable> = self.name.into_deserializer();
        Ok((seed.deserialize(name)?, Js(self.content)))
    }
}

impl<'de> de::VariantAccess<'de> for Js {
    type Error = Unreadable;

    fn unit_variant(self) -> Result<(), Unreadable> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(
        self,
        seed: T,
    ) -> Result<T::Value, Unreadable> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Unreadable> {
        self.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.deserialize_struct("", names, visitor)
    }
}
